import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { outputOf, type ThreadAnswer } from '../store/thread-answer.ts';
import type { FromScan, ScanChunk, ScanSetup, ScanWork } from './scan-messages.ts';

/** Chunks on their way: one is written while the next one is computed. */
const AHEAD = 2;

/**
 * Scores items against label vectors in a thread of its own, chunk after chunk, in the order of the items' ids.
 * It is pulled: a slow consumer slows the thread. Whoever cancels need not wait; the thread stops at the next vector and
 * ends by itself.
 *
 * @throws ArchiveError `request.cancelled` when the signal ends it, and what the archive's file refuses.
 */
export async function* scanItems(setup: ScanSetup, signal?: AbortSignal): AsyncGenerator<ScanChunk> {
  if (signal?.aborted) throw new ArchiveError('request.cancelled');
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./label-scan-worker.ts', import.meta.url), {
    workerData: { ...setup, cancelled } satisfies ScanWork,
  });
  const arrived: ThreadAnswer<FromScan>[] = [];
  let failure: unknown;
  let wake = (): void => {};
  const fail = (thrown: unknown) => {
    failure ??= thrown;
    wake();
  };
  const cancel = () => fail(new ArchiveError('request.cancelled'));
  worker.on('message', (message: ThreadAnswer<FromScan>) => {
    arrived.push(message);
    wake();
  });
  // Also after a cancel somebody has to listen, or a failing thread would end the program.
  worker.on('error', fail);
  worker.on('exit', (code) => {
    if (code !== 0) fail(new Error(`the labelling thread ended with ${code}`));
  });
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for (let asked = 0; asked < AHEAD; asked += 1) worker.postMessage('next');
    for (;;) {
      if (failure) throw failure;
      const message = arrived.shift();
      if (!message) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const said = outputOf(message);
      if (said.is === 'end') return;
      worker.postMessage('next');
      yield said.chunk;
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
    // The thread keeps the program alive until it has ended: while a native library is loading, a program that ends with it
    // is aborted.
    Atomics.store(cancelled, 0, 1);
    worker.postMessage('end');
  }
}
