import { createHash } from 'node:crypto';
import yauzl from 'yauzl';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { AttentionShape, AttentionWeights } from '../domain/slide-pooling.ts';
import { bytesInMemory } from './convert/byte-source.ts';
import { readSafetensors } from './convert/safetensors.ts';
import { readTensor } from './convert/tensor.ts';
import { parseNpy } from './npy.ts';

/** Row-major. */
interface Values {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Also unpacked; a head for vectors of 1,024 with 512 units takes 4 MiB. */
const MOST_BYTES = 64 * 1024 * 1024;
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
const known = new Set<string>(Object.values(names).flat());

export interface ReadPooling extends AttentionShape {
  /** `attention-` and the head of the content's hash: the same weights have the same name in any file. */
  readonly name: string;
  /** As {@link unpackWeights} takes them. */
  readonly weights: Uint8Array;
}

/**
 * Reads an attention head: V `[hidden, dimensions]`, optionally U of the same shape, w `[hidden]` or `[1, hidden]`, and
 * biases `[hidden]`, all floats.
 *
 * @param file - its name ends in .safetensors or .npz.
 * @throws ArchiveError `pooling.unreadable` with what is wrong; also for a file with further layers, because vectors
 *   that should have gone through them would be pooled as if they had.
 */
export async function readPoolingWeights(file: {
  readonly name: string;
  readonly bytes: Uint8Array;
}): Promise<ReadPooling> {
  const tensors = await readTensors(file);
  const find = (part: keyof typeof names) => {
    const name = names[part].find((one) => tensors.has(one));
    return name === undefined ? null : { name, values: tensors.get(name) as Values };
  };
  const [v, u, w] = [find('v'), find('u'), find('w')];
  if (!v || !w) throw refuse(`has no ${v ? 'w' : 'V'}`);
  const [hidden = 0, dimensions = 0, ...more] = v.values.shape;
  const fits = hidden > 0 && hidden <= MOST_HIDDEN && dimensions > 1 && dimensions <= MOST_DIMENSIONS;
  if (more.length > 0 || !fits) throw refuse(`${v.name} is ${sizeOf(v.values)}, not hidden × dimensions`);
  if (!u && find('uBias')) throw refuse('has a bias of U without U');

  const take = (found: ReturnType<typeof find>, ...expected: readonly (readonly number[])[]) => {
    if (!found) return new Float32Array(hidden);
    const { name, values } = found;
    if (!expected.some((shape) => shape.join() === values.shape.join()))
      throw refuse(`${name} is ${sizeOf(values)}, not ${(expected[0] ?? []).join(' × ')}`);
    const floats = Float32Array.from(values.data);
    if (!floats.every(Number.isFinite)) throw refuse(`${name} has values that are no finite numbers`);
    return floats;
  };
  const parts = [
    take(v, [hidden, dimensions]),
    take(find('vBias'), [hidden]),
    ...(u ? [take(u, [hidden, dimensions]), take(find('uBias'), [hidden])] : []),
    take(w, [hidden], [1, hidden]),
  ];
  const weights = new Uint8Array(Buffer.concat(parts.map((part) => new Uint8Array(part.buffer))));
  const shape = { dimensions, hidden, gated: u !== null };
  const hash = createHash('sha256')
    .update(JSON.stringify([dimensions, hidden, shape.gated]))
    .update(weights);
  return { name: `attention-${hash.digest('hex').slice(0, 8)}`, ...shape, weights };
}

async function readTensors({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }) {
  const ending = /\.(safetensors|npz)$/i.exec(name)?.[1]?.toLowerCase();
  if (ending === undefined) throw refuse('ends in neither .safetensors nor .npz');
  if (bytes.length > MOST_BYTES) throw refuse('is larger than 64 MiB');
  try {
    return ending === 'npz' ? await fromNpz(bytes) : fromSafetensors(bytes);
  } catch (cause) {
    if (cause instanceof ArchiveError && cause.code === 'pooling.unreadable') throw cause;
    const reason = cause instanceof ArchiveError ? cause.details['reason'] : null;
    throw refuse(typeof reason === 'string' ? reason : `is no whole ${ending} file`, cause);
  }
}

function fromSafetensors(bytes: Uint8Array): ReadonlyMap<string, Values> {
  const stored = readSafetensors(bytesInMemory('pooling weights', bytes));
  onlyKnown([...stored.keys()]);
  return new Map([...stored].map(([name, one]) => [name, { shape: one.shape, data: readTensor(one) }]));
}

async function fromNpz(bytes: Uint8Array): Promise<ReadonlyMap<string, Values>> {
  const zip = await yauzl.fromBufferPromise(Buffer.from(bytes), { autoClose: false });
  const tensors = new Map<string, Values>();
  let left = MOST_BYTES;
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName.replace(/\.npy$/, '');
    onlyKnown([name]);
    left -= entry.uncompressedSize;
    if (left < 0) throw refuse('unpacks to more than 64 MiB');
    const stream = await zip.openReadStreamPromise(entry);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    tensors.set(name, parseNpy(Buffer.concat(chunks), name));
  }
  return tensors;
}

function onlyKnown(found: readonly string[]): void {
  const others = found.filter((name) => !known.has(name));
  if (others.length > 0) throw refuse(`has other layers: ${others.slice(0, 3).join(', ')}`);
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
