import { faultOf, type Fault } from '../../../preload/contract/faults.ts';

/** Errors do not survive the way out of a worker whole; outcomes do. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** What came of some work, or the fault that it threw. */
export async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    const fault = faultOf(thrown);
    return { ok: false, fault };
  }
}
