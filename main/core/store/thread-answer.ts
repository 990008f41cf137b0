import { ArchiveError, type FaultCode, type FaultDetails } from '../../../preload/contract/faults.ts';
import { storeFault } from './database.ts';

/** What a thread answers: an expected refusal goes as a value, because an error loses its class on the way. */
export type ThreadAnswer<T> =
  | { readonly ok: true; readonly output: T }
  | { readonly ok: false; readonly code: FaultCode; readonly details: FaultDetails };

/** In the thread. What is no expected refusal is thrown on, and ends it. */
export async function answerOf<T>(work: () => T | Promise<T>): Promise<ThreadAnswer<T>> {
  try {
    return { ok: true, output: await work() };
  } catch (thrown) {
    const fault = storeFault(thrown);
    if (!(fault instanceof ArchiveError)) throw fault;
    return { ok: false, code: fault.code, details: fault.details };
  }
}

/** Where it arrives. @throws ArchiveError what was refused in the thread */
export function outputOf<T>(answer: ThreadAnswer<T>): T {
  if (answer.ok) return answer.output;
  throw new ArchiveError(answer.code, answer.details);
}
