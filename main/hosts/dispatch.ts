import type { Handlers } from '../core/api/handlers.ts';
import { ArchiveError, faultOf, type Reply } from '../../preload/contract/faults.ts';
import { commandLineMethods, methods, type MethodName } from '../../preload/contract/methods.ts';

export interface Call {
  /** Chosen by the caller; unique among the calls it has under way. */
  readonly callId: string;
  readonly method: string;
  readonly input: unknown;
}

/** Told of everything that is thrown and is not an expected refusal. */
export type LogDefect = (method: string, thrown: unknown) => void;

/** The calls of one caller: a window, a socket, an upload, a command. */
export interface Caller {
  /** Never rejects: a failure is a reply. */
  call(call: Call): Promise<Reply<unknown>>;
  /** Does nothing when no call of that id is under way here. */
  cancel(callId: string): void;
  /** Cancels what is under way: the caller has gone. */
  close(): void;
}

export interface Dispatcher {
  /** Callers are apart: one cannot cancel or shadow the calls of another, whatever ids it guesses. */
  caller(): Caller;
}

/**
 * Turns a message into a handled call. The utility process, the loopback server and the command line all use
 * this one, so a request is checked the same way whichever door it came by.
 *
 * @param door - windows are not offered the methods that read and write arbitrary files.
 */
export function createDispatcher(
  handlers: Handlers,
  logDefect: LogDefect,
  door: 'window' | 'command-line' = 'window',
): Dispatcher {
  const offers = (method: string) =>
    Object.hasOwn(methods, method) && (door === 'command-line' || !commandLineMethods.has(method));

  async function run(method: string, input: unknown, signal: AbortSignal): Promise<unknown> {
    if (!offers(method)) throw new ArchiveError('request.unknown', { method });
    const name = method as MethodName; // Earned by the line above.
    const parsed = methods[name].input.safeParse(input);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const details = { method, at: issue?.path.join('.') ?? '', why: issue?.message ?? '' };
      throw new ArchiveError('request.invalid', details);
    }
    signal.throwIfAborted();
    const handler = handlers[name] as (request: unknown, signal: AbortSignal) => unknown;
    // Parsing the answer too drops what the contract does not name, a path or a patient's name say.
    return methods[name].output.parse(await handler(parsed.data, signal));
  }

  function caller(): Caller {
    const running = new Map<string, AbortController>();
    return {
      async call({ callId, method, input }) {
        if (running.has(callId)) {
          const details = { method, at: 'callId', why: 'a call of this id is under way' };
          return { ok: false, fault: faultOf(new ArchiveError('request.invalid', details)) };
        }
        const abort = new AbortController();
        running.set(callId, abort);
        try {
          return { ok: true, value: await run(method, input, abort.signal) };
        } catch (thrown) {
          const expected =
            thrown instanceof ArchiveError ? thrown.code !== 'internal' : isAbort(thrown, abort);
          if (!expected) logDefect(method, thrown);
          const cancelled = abort.signal.aborted ? new ArchiveError('request.cancelled') : undefined;
          return { ok: false, fault: faultOf(cancelled ?? thrown) };
        } finally {
          running.delete(callId);
        }
      },
      cancel: (callId) => running.get(callId)?.abort(),
      close() {
        for (const abort of running.values()) abort.abort();
      },
    };
  }

  return { caller };
}

function isAbort(thrown: unknown, abort: AbortController): boolean {
  if (!abort.signal.aborted) return false;
  return thrown === abort.signal.reason || (thrown instanceof Error && thrown.name === 'AbortError');
}
