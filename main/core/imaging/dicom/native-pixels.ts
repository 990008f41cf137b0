import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { ImageDescription } from './image-description.ts';

/** Values as stored, before rescale and colour conversion: row-major, samples interleaved. */
export type StoredValues =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** Where the bytes of a native frame lie, counted from the start of the pixel data. */
export function nativeRange(
  image: ImageDescription,
  frame: number,
): { start: number; length: number; bit: number } {
  const pixels = image.rows * image.columns;
  if (image.bitsAllocated === 1) {
    // Frames follow each other without padding, bit by bit (PS3.5 section 8.2).
    const bits = pixels * image.samples;
    const start = Math.floor((frame * bits) / 8);
    const bit = (frame * bits) % 8;
    return { start, length: Math.ceil((bit + bits) / 8), bit };
  }
  const samples = isSubsampled(image) ? pixels * 2 : pixels * image.samples;
  const length = samples * (image.bitsAllocated / 8);
  return { start: frame * length, length, bit: 0 };
}

/** Two pixels share one pair of colour differences (PS3.3 C.7.6.3.1.2). */
function isSubsampled({ photometric, samples }: ImageDescription): boolean {
  return samples === 3 && /_422$/.test(photometric);
}

/**
 * The stored values of an uncompressed frame (PS3.5 section 8.1.1, annex D).
 *
 * @param bytes - of the range that `nativeRange` gave.
 * @throws ArchiveError `dicom.truncated`.
 */
export function unpackNative(
  bytes: Buffer,
  image: ImageDescription,
  bit: number,
  bigEndian: boolean,
): StoredValues {
  const { rows, columns, samples, bitsAllocated } = image;
  const count = rows * columns * samples;
  if (bitsAllocated === 1) return unpackBits(bytes, count, bit);
  const subsampled = isSubsampled(image);
  const stored = subsampled ? rows * columns * 2 : count;
  if (bytes.length < stored * (bitsAllocated / 8)) throw new ArchiveError('dicom.truncated');

  // A copy: typed arrays need aligned bytes, and the words may have to be swapped in place.
  const own = Buffer.from(new Uint8Array(bytes.subarray(0, stored * (bitsAllocated / 8))).buffer);
  if (bigEndian && bitsAllocated === 16) own.swap16();
  if (bigEndian && bitsAllocated === 32) own.swap32();
  if (bigEndian && bitsAllocated === 64) own.swap64();
  if (image.float) return bitsAllocated === 32 ? new Float32Array(own.buffer) : new Float64Array(own.buffer);
  const values = correctBits(typed(own.buffer, image), image);
  if (subsampled) return expand422(values, rows * columns);
  return image.planar ? interleave(values, rows * columns, samples) : values;
}

/** Bytes as values of the allocated size and the sign of the header. */
export function typed(buffer: ArrayBuffer, { bitsAllocated, signed }: ImageDescription): StoredValues {
  if (bitsAllocated === 8) return signed ? new Int8Array(buffer) : new Uint8Array(buffer);
  if (bitsAllocated === 16) return signed ? new Int16Array(buffer) : new Uint16Array(buffer);
  return signed ? new Int32Array(buffer) : new Uint32Array(buffer);
}

/** Drops what lies outside the stored bits, overlays for instance, and extends the sign, in place. */
export function correctBits<T extends StoredValues>(values: T, image: ImageDescription): T {
  const { bitsAllocated, bitsStored, highBit, signed } = image;
  if (bitsStored === bitsAllocated || bitsAllocated === 1) return values;
  const left = 32 - (highBit + 1);
  const right = 32 - bitsStored;
  for (let index = 0; index < values.length; index++) {
    const shifted = (values[index] ?? 0) << left;
    values[index] = signed ? shifted >> right : shifted >>> right;
  }
  return values;
}

/** Samples by plane to samples by pixel. */
export function interleave(values: StoredValues, pixels: number, samples: number): StoredValues {
  const interleaved = values.slice();
  for (let sample = 0; sample < samples; sample++)
    for (let pixel = 0; pixel < pixels; pixel++)
      interleaved[pixel * samples + sample] = values[sample * pixels + pixel] ?? 0;
  return interleaved;
}

function unpackBits(bytes: Buffer, count: number, bit: number): Uint8Array {
  if (bytes.length * 8 < bit + count) throw new ArchiveError('dicom.truncated');
  const values = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const at = bit + index;
    values[index] = ((bytes[at >> 3] ?? 0) >> (at & 7)) & 1;
  }
  return values;
}

/** Y1 Y2 Cb Cr to Y1 Cb Cr, Y2 Cb Cr. */
function expand422(values: StoredValues, pixels: number): StoredValues {
  const expanded = new Uint8Array(pixels * 3);
  for (let pair = 0; pair * 2 < pixels; pair++)
    for (let which = 0; which < 2; which++) {
      const to = (pair * 2 + which) * 3;
      expanded[to] = values[pair * 4 + which] ?? 0;
      expanded[to + 1] = values[pair * 4 + 2] ?? 0;
      expanded[to + 2] = values[pair * 4 + 3] ?? 0;
    }
  return expanded;
}
