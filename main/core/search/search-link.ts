import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { MatrixFile } from '../store/vector-changes.ts';
import type {
  FromSearcher,
  SearchCall,
  SearchFailure,
  SearchSetup,
  SearchTasks,
  TaskName,
  ToSearcher,
} from './thread/search-messages.ts';

interface Waiting {
  readonly resolve: (output: SearchTasks[TaskName]['output']) => void;
  readonly reject: (error: unknown) => void;
}

interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

export interface LinkListeners {
  readonly onSaved: (modelId: number, file: MatrixFile) => void;
  /** Something derived could not be made; answers come all the same. */
  readonly onTrouble: (cause: Error) => void;
}

/** A person who types cancels a few calls while the first of them is still worked on. */
const MOST_CANCELLED = 64;

/** The search thread, started by the first call and again by the next one after it ended. */
export function createSearchLink(
  setup: Omit<SearchSetup, 'cancelled'>,
  { onSaved, onTrouble }: LinkListeners,
) {
  const cancelled = new Int32Array(new SharedArrayBuffer(4 * MOST_CANCELLED));
  let running: Running | undefined;
  let lastId = 0;

  function start(): Running {
    const worker = new Worker(new URL('./thread/search-worker.ts', import.meta.url), {
      workerData: { ...setup, cancelled } satisfies SearchSetup,
    });
    const started: Running = { worker, waiting: new Map() };
    worker.unref();
    const ended = (cause: unknown) => {
      if (running === started) running = undefined;
      for (const { reject } of started.waiting.values())
        reject(new Error('the search thread ended', { cause }));
      started.waiting.clear();
    };
    worker.on('message', (message: FromSearcher) => receive(started, message));
    worker.on('error', ended);
    worker.on('exit', (code) => ended(new Error(`exit code ${code}`)));
    return started;
  }

  function receive({ waiting, worker }: Running, message: FromSearcher): void {
    if (message.kind === 'saved') return onSaved(message.modelId, message.file);
    if (message.kind === 'trouble') return onTrouble(errorOf(message.failure));
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) worker.unref();
    if (message.kind === 'done') call?.resolve(message.output);
    else call?.reject(errorOf(message.failure));
  }

  return {
    /** @throws ArchiveError what the search refuses, and `request.cancelled`. */
    run<T extends TaskName>(
      task: T,
      input: SearchTasks[T]['input'],
      signal: AbortSignal,
    ): Promise<SearchTasks[T]['output']> {
      if (signal.aborted) return Promise.reject(new ArchiveError('request.cancelled'));
      const { worker, waiting } = (running ??= start());
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<SearchTasks[TaskName]['output']>();
      waiting.set(id, { resolve, reject });
      // An idle thread does not keep the process alive, one that works does.
      worker.ref();
      // Both are of the same T.
      const call = { task, input } as SearchCall;
      worker.postMessage({ kind: 'call', id, call } satisfies ToSearcher);
      const cancel = () => {
        waiting.delete(id);
        if (waiting.size === 0) worker.unref();
        Atomics.store(cancelled, id % cancelled.length, id);
        worker.postMessage({ kind: 'cancel', id } satisfies ToSearcher);
        reject(new ArchiveError('request.cancelled'));
      };
      signal.addEventListener('abort', cancel, { once: true });
      const answer = promise as Promise<SearchTasks[T]['output']>;
      return answer.finally(() => signal.removeEventListener('abort', cancel));
    },
    /** Ends the thread after the call it works on. */
    async close(): Promise<void> {
      if (!running) return;
      const { worker } = running;
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.ref();
      worker.postMessage({ kind: 'close' } satisfies ToSearcher);
      await ended;
    },
  };
}
export type SearchLink = ReturnType<typeof createSearchLink>;

function errorOf({ code, details, message, stack }: SearchFailure): Error {
  const cause = Object.assign(new Error(message), { stack });
  return code ? new ArchiveError(code, details, { cause }) : cause;
}
