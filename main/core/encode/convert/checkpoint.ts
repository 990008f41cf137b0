import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { openByteSource, type ByteSource } from './byte-source.ts';
import { readSafetensors } from './safetensors.ts';
import type { StoredTensor } from './tensor.ts';
import { readTorchLegacy } from './torch-legacy.ts';
import { PickledTensor } from './torch-pickle.ts';
import { readTorchZip } from './torch-zip.ts';

export interface Checkpoint {
  /** Files it was read from, relative to the folder. */
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  close(): void;
}

const INDEX = '.safetensors.index.json';

/** Where a folder holds several, the first of these is taken: no pickle where there is a choice. */
const preferred: readonly RegExp[] = [
  /^(open_clip_)?model\.safetensors$/,
  /^(open_clip_)?model\.safetensors\.index\.json$/,
  /\.safetensors$/,
  /^open_clip_pytorch_model\.bin$/,
  /^pytorch_model\.bin$/,
  /\.(bin|pt|pth)$/,
];

/**
 * Chooses the checkpoint of a folder.
 *
 * @param files - what the caller chose; empty leaves the choice to us.
 * @returns one file name: of the checkpoint, or of the index of a sharded one.
 * @throws ArchiveError `checkpoint.missing`
 */
export function chooseCheckpoint(folder: string, files: readonly string[]): string {
  let names: string[];
  try {
    names = files.length > 0 ? [...files] : readdirSync(folder).sort();
  } catch (cause) {
    throw new ArchiveError('checkpoint.missing', { folder: basename(folder) }, { cause });
  }
  for (const pattern of preferred) {
    const name = names.find((candidate) => pattern.test(candidate));
    if (name !== undefined) return name;
  }
  throw new ArchiveError('checkpoint.missing', { folder: basename(folder) });
}

/**
 * Opens a checkpoint and lists its tensors, without reading their numbers or running anything of it.
 *
 * @param name - as `chooseCheckpoint` gives it.
 * @throws ArchiveError `checkpoint.missing`, `checkpoint.refused`, `checkpoint.broken`
 */
export async function openCheckpoint(folder: string, name: string): Promise<Checkpoint> {
  const sources: ByteSource[] = [];
  const open = (file: string) => {
    const source = openByteSource(join(folder, file));
    sources.push(source);
    return source;
  };
  const close = () => sources.forEach((source) => source.close());
  try {
    if (name.endsWith(INDEX)) {
      const shards = readIndex(join(folder, name));
      const tensors = new Map(shards.flatMap((shard) => [...readSafetensors(open(shard))]));
      return { files: [name, ...shards], tensors, close };
    }
    const source = open(name);
    const tensors = name.endsWith('.safetensors')
      ? readSafetensors(source)
      : unwrap(await readTorch(join(folder, name), source), name);
    return { files: [name], tensors: withoutPrefix(tensors), close };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

function readTorch(path: string, source: ByteSource): unknown {
  const head = source.read(0, Math.min(4, source.sizeBytes));
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  return isZip ? readTorchZip(path, source) : readTorchLegacy(source);
}

const Index = z.object({ weight_map: z.record(z.string(), z.string().regex(/^[\w-][\w.-]*\.safetensors$/)) });

function readIndex(path: string): string[] {
  try {
    const { weight_map } = Index.parse(JSON.parse(readFileSync(path, 'utf8')));
    return [...new Set(Object.values(weight_map))].sort();
  } catch (cause) {
    throw new ArchiveError(
      'checkpoint.broken',
      { file: basename(path), reason: 'index is not understood' },
      { cause },
    );
  }
}

/** The state dictionary: the value itself, or what a training loop wrapped it in. */
function unwrap(value: unknown, file: string): Map<string, StoredTensor> {
  for (const candidate of [value, ...['state_dict', 'model'].map((key) => valueAt(value, key))]) {
    const tensors = tensorsOf(candidate);
    if (tensors.size > 0) return tensors;
  }
  throw new ArchiveError('checkpoint.broken', { file, reason: 'holds no tensors' });
}

const valueAt = (value: unknown, key: string): unknown => (value instanceof Map ? value.get(key) : undefined);

function tensorsOf(value: unknown): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  if (!(value instanceof Map)) return tensors;
  for (const [name, item] of value as Map<unknown, unknown>) {
    if (typeof name === 'string' && item instanceof PickledTensor) tensors.set(name, item.tensor);
  }
  return tensors;
}

/** Training on several devices puts `module.` before every name. */
function withoutPrefix(tensors: Map<string, StoredTensor>): Map<string, StoredTensor> {
  const PREFIX = 'module.';
  if (![...tensors.keys()].every((name) => name.startsWith(PREFIX))) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice(PREFIX.length), tensor]));
}
