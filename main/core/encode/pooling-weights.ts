import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import yauzl from 'yauzl';
import { z } from 'zod';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { AttentionShape, AttentionWeights } from '../domain/slide-pooling.ts';
import { openByteSource } from './convert/byte-source.ts';
import { readSafetensors } from './convert/safetensors.ts';
import { readTensor } from './convert/tensor.ts';
import { parseNpy } from './npy.ts';

/** Row-major. */
interface Values {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

const LARGEST_FILE = 256 * 1024 * 1024;
const MOST_HIDDEN = 4096;
const MOST_DIMENSIONS = 8192;

/** What each part is called: by the paper, by its authors' code, and by CLAM's. */
const names = {
  v: ['V', 'V.weight', 'attention_V.0.weight', 'attention_a.0.weight'],
  vBias: ['V.bias', 'attention_V.0.bias', 'attention_a.0.bias'],
  u: ['U', 'U.weight', 'attention_U.0.weight', 'attention_b.0.weight'],
  uBias: ['U.bias', 'attention_U.0.bias', 'attention_b.0.bias'],
  w: ['w', 'w.weight', 'attention_weights.weight', 'attention_c.weight'],
  // Softmax over tiles does not feel it.
  wBias: ['w.bias', 'attention_weights.bias', 'attention_c.bias'],
} as const;

export interface ReadPooling extends AttentionShape {
  /** `attention-` and the head of the content's hash: the same weights have the same name in any file. */
  readonly name: string;
  /** As {@link unpackWeights} takes them. */
  readonly weights: Uint8Array;
}

/**
 * Reads an attention head: V `[hidden, dimensions]`, optionally U of the same shape, w `[hidden]` or `[1, hidden]`, and
 * biases `[hidden]`, from .safetensors, .npz or .json (nested arrays by name).
 *
 * @throws ArchiveError `pooling.unreadable` with what is wrong; also for a file with further layers, because vectors
 *   that should have gone through them would be pooled as if they had.
 */
export async function readPoolingWeights(path: string): Promise<ReadPooling> {
  const tensors = await readTensors(path);
  const known = new Set<string>(Object.values(names).flat());
  const others = [...tensors.keys()].filter((name) => !known.has(name));
  if (others.length > 0) throw refuse(`has other layers: ${others.slice(0, 3).join(', ')}`);
  const find = (part: keyof typeof names) => {
    const name = names[part].find((one) => tensors.has(one));
    return name === undefined ? null : { name, values: tensors.get(name) as Values };
  };
  const v = find('v');
  const w = find('w');
  if (!v || !w) throw refuse(`has no ${v ? 'w' : 'V'}`);
  const [hidden = 0, dimensions = 0, ...more] = v.values.shape;
  if (
    more.length > 0 ||
    !(hidden > 0 && hidden <= MOST_HIDDEN && dimensions > 1 && dimensions <= MOST_DIMENSIONS)
  )
    throw refuse(`${v.name} is ${sizeOf(v.values)}, not hidden × dimensions`);
  const take = (
    found: ReturnType<typeof find>,
    ...expected: readonly (readonly number[])[]
  ): Float32Array => {
    if (!found) return new Float32Array(hidden);
    const { name, values } = found;
    if (!expected.some((shape) => shape.join() === values.shape.join()))
      throw refuse(`${name} is ${sizeOf(values)}, not ${(expected[0] ?? []).join(' × ')}`);
    const floats = Float32Array.from(values.data);
    if (!floats.every(Number.isFinite)) throw refuse(`${name} has values that are no finite numbers`);
    return floats;
  };
  const u = find('u');
  if (!u && find('uBias')) throw refuse('has a bias of U without U');
  const square = [hidden, dimensions];
  const parts = [
    take(v, square),
    take(find('vBias'), [hidden]),
    ...(u ? [take(u, square), take(find('uBias'), [hidden])] : []),
    take(w, [hidden], [1, hidden]),
  ];
  const weights = new Uint8Array(Buffer.concat(parts.map((part) => new Uint8Array(part.buffer))));
  const shape = { dimensions, hidden, gated: u !== null };
  const hash = createHash('sha256')
    .update(JSON.stringify([dimensions, hidden, shape.gated]))
    .update(weights);
  return { name: `attention-${hash.digest('hex').slice(0, 8)}`, ...shape, weights };
}

async function readTensors(path: string): Promise<ReadonlyMap<string, Values>> {
  const ending = /\.(safetensors|npz|json)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === undefined) throw refuse('ends in none of .safetensors, .npz, .json');
  const status = await stat(path).catch((cause: unknown) => {
    throw refuse('is not there', cause);
  });
  if (!status.isFile() || status.size > LARGEST_FILE) throw refuse('is no file of at most 256 MiB');
  try {
    if (ending === 'json') return fromJson(await readFile(path, 'utf8'));
    return ending === 'npz' ? await fromNpz(path) : fromSafetensors(path);
  } catch (cause) {
    if (cause instanceof ArchiveError && cause.code === 'pooling.unreadable') throw cause;
    const reason = cause instanceof ArchiveError ? cause.details['reason'] : null;
    throw refuse(typeof reason === 'string' ? reason : `is no ${ending} file`, cause);
  }
}

function fromSafetensors(path: string): ReadonlyMap<string, Values> {
  const source = openByteSource(path);
  try {
    const stored = readSafetensors(source);
    return new Map(
      [...stored].map(([name, tensor]) => [name, { shape: tensor.shape, data: readTensor(tensor) }]),
    );
  } finally {
    source.close();
  }
}

async function fromNpz(path: string): Promise<ReadonlyMap<string, Values>> {
  const zip = await yauzl.openPromise(path, { autoClose: false });
  try {
    const tensors = new Map<string, Values>();
    for await (const entry of zip.eachEntry()) {
      if (entry.uncompressedSize > LARGEST_FILE) throw refuse(`${entry.fileName} is larger than 256 MiB`);
      const stream = await zip.openReadStreamPromise(entry);
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      const name = entry.fileName.replace(/\.npy$/, '');
      tensors.set(name, parseNpy(Buffer.concat(chunks), name));
    }
    return tensors;
  } finally {
    zip.close();
  }
}

const Numbers = z.array(z.number());
const Json = z.record(z.string(), z.union([Numbers, z.array(Numbers)]));

function fromJson(text: string): ReadonlyMap<string, Values> {
  return new Map(
    Object.entries(Json.parse(JSON.parse(text))).map(([name, rows]) => {
      const [first] = rows;
      if (!Array.isArray(first)) return [name, { shape: [rows.length], data: rows as number[] }];
      const matrix = rows as number[][];
      if (matrix.some(({ length }) => length !== first.length))
        throw refuse(`${name} has rows of unequal length`);
      return [name, { shape: [matrix.length, first.length], data: matrix.flat() }];
    }),
  );
}

const sizeOf = ({ shape }: Values) => shape.join(' × ') || 'a single number';
const refuse = (reason: string, cause?: unknown) =>
  new ArchiveError('pooling.unreadable', { reason }, { cause });

/** The weights of a stored head. @param packed - V, its bias, U and its bias where gated, w; float32. */
export function unpackWeights(
  { dimensions, hidden, gated }: AttentionShape,
  packed: Uint8Array,
): AttentionWeights {
  const floats = new Float32Array(packed.slice().buffer);
  let at = 0;
  const next = (length: number) => floats.subarray(at, (at += length));
  return {
    hidden,
    dimensions,
    tanh: next(hidden * dimensions),
    tanhBias: next(hidden),
    gate: gated ? { weights: next(hidden * dimensions), bias: next(hidden) } : null,
    out: next(hidden),
  };
}
