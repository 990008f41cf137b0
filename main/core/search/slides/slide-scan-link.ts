import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { HeatRows, PooledSlide, SimilarSlide, TileHit, TileWish } from './slide-scan.ts';

export interface ScannedModel {
  readonly id: number;
  readonly dimensions: number;
}

export type SlideScanCall =
  | { readonly is: 'warm'; readonly itemId: number }
  | { readonly is: 'heat'; readonly itemId: number; readonly query: Float32Array }
  | { readonly is: 'tiles'; readonly wish: TileWish }
  | { readonly is: 'pool'; readonly itemId: number; readonly pooling: string }
  | { readonly is: 'similar'; readonly itemId: number };

export type ToSlideScan =
  | { readonly kind: 'call'; readonly id: number; readonly model: ScannedModel; readonly call: SlideScanCall }
  | { readonly kind: 'close' };

export type FromSlideScan =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The thread that compares queries with tiles, started by the first call and again after it ended. */
export function createSlideScanLink(databasePath: string) {
  let running: { readonly worker: Worker; readonly waiting: Map<number, Waiting> } | undefined;
  let lastId = 0;

  function start() {
    const worker = new Worker(new URL('./slide-scan-worker.ts', import.meta.url), {
      workerData: { databasePath },
    });
    const waiting = new Map<number, Waiting>();
    const started = { worker, waiting };
    const ended = (cause: unknown) => {
      if (running === started) running = undefined;
      for (const { reject } of waiting.values()) reject(new Error('the slide thread ended', { cause }));
      waiting.clear();
    };
    worker.on('message', (message: FromSlideScan) => {
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (waiting.size === 0) worker.unref();
      if (message.ok) call?.resolve(message.value);
      else call?.reject(new Error(message.message));
    });
    worker.on('error', ended);
    worker.on('exit', (code) => ended(new Error(`exit code ${code}`)));
    return started;
  }

  function run<T>(model: ScannedModel, call: SlideScanCall, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(new ArchiveError('request.cancelled'));
    const { worker, waiting } = (running ??= start());
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(id, { resolve, reject });
    worker.ref();
    const { id: modelId, dimensions } = model;
    worker.postMessage({ kind: 'call', id, model: { id: modelId, dimensions }, call } satisfies ToSlideScan);
    const cancel = () => {
      waiting.delete(id);
      if (waiting.size === 0) worker.unref();
      reject(new ArchiveError('request.cancelled'));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', cancel)) as Promise<T>;
  }

  return {
    /** Makes the slide's first query as quick as the next. */
    warm: (model: ScannedModel, itemId: number) => run<null>(model, { is: 'warm', itemId }),
    heat: (model: ScannedModel, itemId: number, query: Float32Array, signal?: AbortSignal) =>
      run<HeatRows | null>(model, { is: 'heat', itemId, query }, signal),
    tiles: (model: ScannedModel, wish: TileWish, signal?: AbortSignal) =>
      run<TileHit[]>(model, { is: 'tiles', wish }, signal),
    pool: (model: ScannedModel, itemId: number, pooling: string, signal?: AbortSignal) =>
      run<PooledSlide | null>(model, { is: 'pool', itemId, pooling }, signal),
    /** Other slides, most alike first; null where the slide has no vector of this model. */
    similar: (model: ScannedModel, itemId: number, signal?: AbortSignal) =>
      run<SimilarSlide[] | null>(model, { is: 'similar', itemId }, signal),
    async close(): Promise<void> {
      if (!running) return;
      const { worker } = running;
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.ref();
      worker.postMessage({ kind: 'close' } satisfies ToSlideScan);
      await ended;
    },
  };
}
export type SlideScanLink = ReturnType<typeof createSlideScanLink>;
