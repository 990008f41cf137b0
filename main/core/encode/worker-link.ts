import type { Worker } from 'node:worker_threads';

import { ArchiveError } from '../../../preload/contract/faults.ts';
import type {
  EncoderNotice,
  FromWorker,
  TowerAnswer,
  TowerCall,
  TowerName,
  ToWorker,
  WorkerFailure,
} from './encoder-messages.ts';

export interface LinkOptions {
  readonly tower: TowerName;
  readonly start: () => Worker;
  readonly onNotice: (notice: EncoderNotice) => void;
  /** Gets the cause of a failure, which does not cross to people. */
  readonly log: (message: string, cause: unknown) => void;
}

export interface WorkerLink {
  /**
   * @throws ArchiveError `model.failed` when the runtime fails or the worker ends, `request.cancelled`, or what the
   *   worker refuses.
   */
  call(call: TowerCall, transfer: readonly ArrayBuffer[], signal?: AbortSignal): Promise<TowerAnswer>;
  /** Ends the worker after its batch, and cancels what waits; or after all calls. */
  close(when?: { readonly afterCalls: boolean }): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: TowerAnswer) => void;
  readonly reject: (error: unknown) => void;
}

interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** Calls to a worker that is started by the first one, and again by the next one after it ended. */
export function createWorkerLink({ tower, start, onNotice, log }: LinkOptions): WorkerLink {
  let running: Running | undefined;
  const open = new Set<Promise<TowerAnswer>>();
  let lastId = 0;

  function startWorker(): Running {
    const started: Running = { worker: start(), waiting: new Map() };
    const ended = (cause: unknown) => {
      if (running === started) running = undefined;
      if (started.waiting.size === 0) return;
      log(`the ${tower} encoder's thread ended`, cause);
      for (const { reject } of started.waiting.values()) reject(failed('the thread ended', cause));
      started.waiting.clear();
    };
    started.worker.on('message', (message: FromWorker) => receive(started, message));
    started.worker.on('error', ended);
    started.worker.on('exit', (code) => ended(new Error(`exit code ${code}`)));
    return started;
  }

  function receive({ waiting, worker }: Running, message: FromWorker): void {
    if (message.kind === 'notice') return onNotice(message.notice);
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) worker.unref();
    if (message.kind === 'answer') call?.resolve(message.answer);
    else call?.reject(errorOf(message.failure));
  }

  function errorOf({ code, details, message, stack }: WorkerFailure): ArchiveError {
    const cause = Object.assign(new Error(message), { stack });
    if (code !== null) return new ArchiveError(code, details, { cause });
    log(`the ${tower} encoder failed`, cause);
    return failed(message, cause);
  }

  const failed = (reason: string, cause: unknown) =>
    new ArchiveError('model.failed', { tower, reason: reason.slice(0, 300) }, { cause });

  function call(
    request: TowerCall,
    transfer: readonly ArrayBuffer[],
    signal?: AbortSignal,
  ): Promise<TowerAnswer> {
    if (signal?.aborted) return Promise.reject(new ArchiveError('request.cancelled'));
    const { worker, waiting } = (running ??= startWorker());
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<TowerAnswer>();
    waiting.set(id, { resolve, reject });
    // An idle worker does not keep the process alive, one that works does.
    worker.ref();
    worker.postMessage({ kind: 'call', id, call: request } satisfies ToWorker, transfer);
    const cancel = () => {
      waiting.delete(id);
      if (waiting.size === 0) worker.unref();
      worker.postMessage({ kind: 'cancel', id } satisfies ToWorker);
      reject(new ArchiveError('request.cancelled'));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    open.add(promise);
    return promise.finally(() => {
      open.delete(promise);
      signal?.removeEventListener('abort', cancel);
    });
  }

  async function close(when = { afterCalls: false }): Promise<void> {
    if (when.afterCalls) await Promise.allSettled(open);
    if (!running) return;
    const { worker, waiting } = running;
    running = undefined;
    for (const { reject } of waiting.values()) reject(new ArchiveError('request.cancelled'));
    waiting.clear();
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.ref();
    worker.postMessage({ kind: 'close' } satisfies ToWorker);
    await ended;
  }

  return { call, close };
}
