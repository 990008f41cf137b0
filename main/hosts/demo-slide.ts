import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../../preload/contract/faults.ts';
import type { DemoSlideTask } from './demo-slide-worker.ts';

/** Height to width, as the regions are laid out. */
const PROPORTION = 0.8;

/**
 * The generated slide in a folder of its own, drawn when it is not there yet.
 *
 * @param width - of level 0, pixels.
 * @param progress - told the share that is drawn.
 * @returns the folder.
 * @throws ArchiveError `request.cancelled`.
 */
export async function demoSlideFolder(
  parent: string,
  width: number,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const folder = join(parent, 'demo-slide');
  const file = join(folder, `generated-slide-${width}.tif`);
  if (existsSync(file)) return folder;
  await mkdir(folder, { recursive: true });
  // What is drawn for minutes and then interrupted must not look like a slide.
  const partial = join(folder, `generated-slide-${width}.${process.pid}.partial`);
  try {
    await draw({ path: partial, width, height: Math.round(width * PROPORTION) }, progress, signal);
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
  return folder;
}

/** The thread is asked to stop, not terminated: it may be inside native code. */
async function draw(
  wish: Omit<DemoSlideTask, 'stop'>,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw new ArchiveError('request.cancelled');
  const stop = new SharedArrayBuffer(4);
  const task: DemoSlideTask = { ...wish, stop };
  const worker = new Worker(new URL('./demo-slide-worker.ts', import.meta.url), { workerData: task });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.on('message', (share: number) => progress(share));
  worker.once('error', (error) => reject(signal.aborted ? new ArchiveError('request.cancelled') : error));
  worker.once('exit', () => resolve());
  const cancel = () => void Atomics.store(new Int32Array(stop), 0, 1);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
