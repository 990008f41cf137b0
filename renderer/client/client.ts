import type { Bridge } from '../../preload/contract/bridge.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import { ArchiveError, unwrap, type FaultCode, type Reply } from '../../preload/contract/faults.ts';
import type { Input, MethodName, Output } from '../../preload/contract/methods.ts';

/** The renderer's one way to the core: `client('search.run', { chips }, signal)`. Rejects with ArchiveError. */
export type Client = <M extends MethodName>(
  method: M,
  input: Input<M>,
  signal?: AbortSignal,
) => Promise<Output<M>>;

export function createClient(bridge: Bridge): Client {
  return async (method, input, signal) => {
    if (signal?.aborted) throw new ArchiveError('request.cancelled');
    const callId = crypto.randomUUID();
    const cancel = () => bridge.cancel(callId);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      // The core checked the output against the same contract; this is where the cast is earned.
      return unwrap((await bridge.call(method, input, callId)) as Reply<Output<typeof method>>);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  };
}

/** What was thrown as an ArchiveError; anything else is a defect of the interface and is thrown on. */
export function refusal(thrown: unknown): ArchiveError {
  if (thrown instanceof ArchiveError) return thrown;
  throw thrown;
}

/** A fault that came as data, as the error that a call would have thrown. */
export const faultError = ({ code, details }: NonNullable<Job['fault']>): ArchiveError =>
  new ArchiveError(code as FaultCode, details);
