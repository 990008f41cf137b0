import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { Globals } from './pickle.ts';
import { checkView, type Storage, type StorageType, type StoredTensor } from './tensor.ts';

/** A pickle of tensors is some hundred kilobytes; what is larger is not one. */
export const MAX_PICKLE_BYTES = 64 * 2 ** 20;

/** The classes by which torch names the type of a storage. */
const storageTypes: Readonly<Record<string, StorageType>> = {
  'torch DoubleStorage': 'float64',
  'torch FloatStorage': 'float32',
  'torch HalfStorage': 'float16',
  'torch BFloat16Storage': 'bfloat16',
  'torch LongStorage': 'int64',
  'torch IntStorage': 'int32',
  'torch ShortStorage': 'int16',
  'torch CharStorage': 'int8',
  'torch ByteStorage': 'uint8',
  'torch BoolStorage': 'bool',
};

/** A tensor on the way out of a pickle. A class of its own, so that nothing else is taken for one. */
export class PickledTensor {
  readonly tensor: StoredTensor;
  constructor(tensor: StoredTensor) {
    this.tensor = tensor;
  }
}

/** A storage as a persistent id names it: ('storage', type, key, device, count). */
export interface StorageId {
  readonly type: StorageType;
  readonly key: string;
  readonly length: number;
}

/** @throws ArchiveError `checkpoint.refused` when the id names no storage of a known type. */
export function parseStorageId(id: unknown, file: string): StorageId {
  if (Array.isArray(id)) {
    // The sixth part, a storage that views another, was written only before torch 0.4 and is not followed.
    const [kind, typeName, key, , length, view = null] = id as unknown[];
    const type = typeof typeName === 'string' ? storageTypes[typeName] : undefined;
    const isPlain = kind === 'storage' && view === null;
    if (isPlain && type && typeof key === 'string' && isCount(length)) return { type, key, length };
  }
  throw new ArchiveError('checkpoint.refused', { file, what: 'a persistent id that names no storage' });
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The functions that stand for the globals of a torch pickle. The only ones there are. */
export function torchGlobals(file: string): Globals {
  const broken = () => new ArchiveError('checkpoint.broken', { file, reason: 'malformed tensor' });

  /** torch._utils._rebuild_tensor(_v2)(storage, offset, size, stride, requires_grad, hooks). */
  function rebuildTensor([storage, offset, shape, strides]: readonly unknown[]): PickledTensor {
    if (!isStorage(storage) || typeof offset !== 'number') throw broken();
    if (!Array.isArray(shape) || !Array.isArray(strides)) throw broken();
    const tensor = { storage, offset, shape: shape as number[], strides: strides as number[] };
    checkView(tensor);
    return new PickledTensor(tensor);
  }
  function rebuildParameter([tensor]: readonly unknown[]): PickledTensor {
    if (!(tensor instanceof PickledTensor)) throw broken();
    return tensor;
  }
  function orderedDict(args: readonly unknown[]): Map<unknown, unknown> {
    const [pairs = []] = args;
    if (!Array.isArray(pairs)) throw broken();
    return new Map(pairs.map((pair: unknown) => (Array.isArray(pair) ? [pair[0], pair[1]] : [pair, null])));
  }
  function notCallable(): never {
    throw new ArchiveError('checkpoint.refused', { file, what: 'a call of a storage type' });
  }

  return new Map<string, (args: readonly unknown[]) => unknown>([
    ['collections OrderedDict', orderedDict],
    ['torch._utils _rebuild_tensor', rebuildTensor],
    ['torch._utils _rebuild_tensor_v2', rebuildTensor],
    ['torch._utils _rebuild_parameter', rebuildParameter],
    ...Object.keys(storageTypes).map((name) => [name, notCallable] as const),
  ]);
}

const isStorage = (value: unknown): value is Storage =>
  typeof value === 'object' && value !== null && 'source' in value && 'start' in value;
