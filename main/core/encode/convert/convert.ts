import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { BundleManifest, Precision, type Parity } from '../bundle.ts';
import type { About } from './about-model.ts';
import type { ConverterSetup, FromConverter } from './convert-worker.ts';
import type { BundleRequest, WrittenBundle } from './write-bundle.ts';

export interface ConvertOptions {
  /** Folder with an official checkpoint, its configuration and its tokenizer. Only read. */
  readonly folder: string;
  /** File names of the checkpoint within the folder, where it holds several; by default safetensors before pickles. */
  readonly files?: readonly string[];
  /** The folder that holds bundles; the new one becomes a folder of it. */
  readonly into: string;
  /** Name of the bundle, `[a-z0-9][a-z0-9._-]*`; by default made of the folder's name. */
  readonly id?: string;
  /** fp32 is always made, since the others are compared with it. By default all. */
  readonly precisions?: readonly Precision[];
  readonly about?: About;
  readonly onProgress?: (progress: { stage: string; done: number; total: number | null }) => void;
  readonly signal?: AbortSignal;
}

export interface Converted {
  readonly id: string;
  /** Those that reproduced their reference and may be used. */
  readonly precisions: Precision[];
  readonly parity: Partial<Record<Precision, Parity>>;
  readonly seconds: number;
}

/**
 * Makes a model bundle of a checkpoint, in a thread of its own. The bundle is complete and checked when its folder
 * appears under its name; after a fault or a cancel there is nothing.
 *
 * @throws ArchiveError `model.exists`, `checkpoint.missing`, `checkpoint.refused`, `checkpoint.broken`,
 *   `checkpoint.config`, `checkpoint.tensors`, `tokenizer.invalid`, `model.parity`, `model.failed`, `model.unwritable`,
 *   `request.invalid` for an id that cannot be one, `request.cancelled`.
 */
export async function convertCheckpoint(options: ConvertOptions): Promise<Converted> {
  const started = performance.now();
  const { signal, files = [], precisions = Precision.options, about = {} } = options;
  const folder = resolve(options.folder);
  const id = bundleId(options.id ?? slug(basename(folder)));
  const goal = join(options.into, id);
  await refuseExisting(goal, id);
  if (signal?.aborted) throw new ArchiveError('request.cancelled');

  const temporary = join(options.into, `.${id}-${randomUUID()}`);
  try {
    await mkdir(temporary, { recursive: true });
    const request: BundleRequest = { folder, files, into: temporary, id, precisions, about };
    const written = await runConverter(request, options);
    // It may have been done before it heard of the cancel.
    if (signal?.aborted) throw new ArchiveError('request.cancelled');
    await refuseExisting(goal, id);
    await syncFolder(temporary);
    await rename(temporary, goal);
    await syncFolder(options.into);
    return { id, ...written, seconds: (performance.now() - started) / 1000 };
  } catch (thrown) {
    await rm(temporary, { recursive: true, force: true });
    throw isUnwritable(thrown)
      ? new ArchiveError('model.unwritable', { reason: thrown.code }, { cause: thrown })
      : thrown;
  }
}

/** A full disk, a folder without permission or on a medium that is only read. */
const isUnwritable = (thrown: unknown): thrown is { readonly code: string } =>
  thrown instanceof Error &&
  'code' in thrown &&
  ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR'].includes(String(thrown.code));

function runConverter(
  request: BundleRequest,
  { onProgress, signal }: ConvertOptions,
): Promise<WrittenBundle> {
  const { promise, resolve: finish, reject } = Promise.withResolvers<WrittenBundle>();
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const workerData: ConverterSetup = { request, cancelled };
  const worker = new Worker(new URL('./convert-worker.ts', import.meta.url), { workerData });
  const cancel = () => Atomics.store(cancelled, 0, 1);
  signal?.addEventListener('abort', cancel, { once: true });
  worker.on('message', (message: FromConverter) => {
    if (message.is === 'progress')
      onProgress?.({ stage: message.stage, done: message.done, total: message.total });
    else if (message.is === 'done') finish(message.written);
    else if (message.fault.code !== 'request.cancelled')
      reject(new ArchiveError(message.fault.code, message.fault.details));
    // Of a cancel the end of the thread tells: only then are its files closed, which the caller removes.
  });
  worker.on('error', reject);
  worker.on('exit', () => {
    signal?.removeEventListener('abort', cancel);
    reject(
      signal?.aborted
        ? new ArchiveError('request.cancelled')
        : new Error('the converter ended without an answer'),
    );
  });
  return promise;
}

/** @throws ArchiveError `request.invalid` */
function bundleId(id: string): string {
  const parsed = BundleManifest.shape.id.safeParse(id);
  if (!parsed.success) throw new ArchiveError('request.invalid', { at: 'id', id });
  return parsed.data;
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);

async function refuseExisting(goal: string, id: string): Promise<void> {
  const found = await stat(goal).catch(() => null);
  if (found) throw new ArchiveError('model.exists', { id });
}

/** A rename is on the disk when the folder that it happened in is. Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
