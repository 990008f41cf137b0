import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { FromScan, ScanChunk, ScanSetup } from './scan-messages.ts';

/** Chunks on their way: one is written while the next one is computed. */
const AHEAD = 2;

/**
 * Scores items against label vectors in a thread of its own, chunk after chunk, in the order of the items' ids.
 * It is pulled: a slow consumer slows the thread.
 *
 * @throws ArchiveError `request.cancelled` when the signal ends it.
 */
export async function* scanItems(setup: ScanSetup, signal?: AbortSignal): AsyncGenerator<ScanChunk> {
  if (signal?.aborted) throw new ArchiveError('request.cancelled');
  const worker = new Worker(new URL('./label-scan-worker.ts', import.meta.url), { workerData: setup });
  const arrived: FromScan[] = [];
  let failure: unknown;
  let wake = (): void => {};
  const fail = (thrown: unknown) => {
    failure ??= thrown;
    wake();
  };
  const cancel = () => fail(new ArchiveError('request.cancelled'));
  worker.on('message', (message: FromScan) => {
    arrived.push(message);
    wake();
  });
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
      if (message.is === 'end') return;
      worker.postMessage('next');
      yield message.chunk;
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
    await worker.terminate();
  }
}
