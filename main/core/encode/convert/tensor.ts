import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { ByteSource } from './byte-source.ts';
import { decodeBfloat16, decodeHalf } from './half.ts';

/** How numbers are stored in a checkpoint, all little-endian. */
export type StorageType =
  'float64' | 'float32' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool';

export const itemBytes: Readonly<Record<StorageType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** A run of numbers in a file; several tensors may be views of one. */
export interface Storage {
  readonly source: ByteSource;
  readonly type: StorageType;
  /** Count of numbers, not bytes. */
  readonly length: number;
  /** First byte in the file. Known late in the old format, which lists its storages after the tensors. */
  start: number;
}

/** A tensor as the checkpoint describes it; its numbers stay in the file until `readTensor`. */
export interface StoredTensor {
  readonly storage: Storage;
  readonly shape: readonly number[];
  /** In numbers, one per dimension. */
  readonly strides: readonly number[];
  /** First number of the view within the storage. */
  readonly offset: number;
}

/** No tensor of a supported model comes near; a view with strides of 0 could claim any size. */
const MAX_NUMBERS = 2 ** 30;

export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((count, size) => count * size, 1);

export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** @throws ArchiveError `checkpoint.broken` when a view is malformed or reaches past its storage. */
export function checkView({ storage, shape, strides, offset }: StoredTensor): void {
  const broken = (reason: string) =>
    new ArchiveError('checkpoint.broken', { file: storage.source.name, reason });
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  if (shape.length !== strides.length || shape.length > 8) throw broken('malformed view');
  if (![...shape, ...strides, offset].every(isCount)) throw broken('malformed view');
  const count = elementCount(shape);
  if (count > MAX_NUMBERS) throw broken('larger than any known tensor');
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset);
  if (count > 0 && last >= storage.length) throw broken('view reaches past the end of its storage');
}

/**
 * Reads one tensor from its file.
 *
 * @returns its numbers in row-major order, as float32 whatever they were stored as.
 * @throws ArchiveError `checkpoint.broken` when the file ends early.
 */
export function readTensor({ storage, shape, strides, offset }: StoredTensor): Float32Array<ArrayBuffer> {
  const count = elementCount(shape);
  if (count === 0) return new Float32Array(0);
  const reach = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 1);
  const width = itemBytes[storage.type];
  const bytes = storage.source.read(storage.start + offset * width, reach * width);
  const numbers = decode(bytes, storage.type);
  const rowMajor = rowMajorStrides(shape);
  if (shape.every((size, axis) => size === 1 || strides[axis] === rowMajor[axis])) return numbers;
  return gather(numbers, shape, strides, count);
}

function decode(bytes: Uint8Array, type: StorageType): Float32Array<ArrayBuffer> {
  const { buffer } = bytes as Uint8Array<ArrayBuffer>;
  switch (type) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float16':
      return decodeHalf(new Uint16Array(buffer));
    case 'bfloat16':
      return decodeBfloat16(new Uint16Array(buffer));
    case 'float64':
      return Float32Array.from(new Float64Array(buffer));
    case 'int64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case 'int32':
      return Float32Array.from(new Int32Array(buffer));
    case 'int16':
      return Float32Array.from(new Int16Array(buffer));
    case 'int8':
      return Float32Array.from(new Int8Array(buffer));
    case 'uint8':
    case 'bool':
      return Float32Array.from(bytes);
  }
}

/** Row-major copy of a strided view: an odometer over all axes but the last. */
function gather(
  from: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count);
  const inner = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 1;
  const index = new Array<number>(shape.length).fill(0);
  for (let row = 0, base = 0; row < count; row += inner) {
    for (let column = 0; column < inner; column += 1)
      out[row + column] = from[base + column * step] as number;
    for (let axis = shape.length - 2; axis >= 0; axis -= 1) {
      const next = (index[axis] ?? 0) + 1;
      base += strides[axis] ?? 0;
      index[axis] = next;
      if (next < (shape[axis] ?? 0)) break;
      base -= next * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return out;
}
