import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { ImageDescription } from './image-description.ts';
import { correctBits, typed, type StoredValues } from './native-pixels.ts';

const HEADER_BYTES = 64;
const MOST_SEGMENTS = 15;

/** A two-byte run becomes at most 128 bytes: a segment that is too short for its plane is known before it is read. */
const LARGEST_RATIO = 64;

/**
 * Decodes an RLE frame (PS3.5 annex G): one segment per byte of a sample, most significant byte first, sample by
 * sample. For one bit allocated a segment holds packed bits.
 *
 * @throws ArchiveError `dicom.inconsistent`, `dicom.truncated`.
 */
export function decodeRle(frame: Buffer, image: ImageDescription): StoredValues {
  const { rows, columns, samples, bitsAllocated } = image;
  const pixels = rows * columns;
  if (frame.length < HEADER_BYTES) throw new ArchiveError('dicom.truncated');
  const bytesPerSample = Math.ceil(bitsAllocated / 8);
  const segments = frame.readUInt32LE(0);
  if (segments !== samples * bytesPerSample || segments > MOST_SEGMENTS)
    throw new ArchiveError('dicom.inconsistent', { at: 'RLE segments', value: segments });
  const planeBytes = bitsAllocated === 1 ? Math.ceil(pixels / 8) : pixels;

  const ends = Array.from({ length: segments }, (_, segment) =>
    segment + 1 < segments ? frame.readUInt32LE(4 + (segment + 1) * 4) : frame.length,
  );
  const bytes = new Uint8Array(bitsAllocated === 1 ? pixels : pixels * samples * bytesPerSample);
  for (let segment = 0; segment < segments; segment++) {
    const start = frame.readUInt32LE(4 + segment * 4);
    const packed = frame.subarray(start, ends[segment]);
    if (packed.length * LARGEST_RATIO < planeBytes) throw new ArchiveError('dicom.truncated');
    const plane = unpackRuns(packed, planeBytes);
    if (bitsAllocated === 1) {
      for (let pixel = 0; pixel < pixels; pixel++)
        bytes[pixel] = ((plane[pixel >> 3] ?? 0) >> (pixel & 7)) & 1;
      continue;
    }
    const sample = Math.floor(segment / bytesPerSample);
    // Values are little endian in memory, segments come from the most significant byte down.
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    const stride = samples * bytesPerSample;
    for (let pixel = 0, to = sample * bytesPerSample + byte; pixel < pixels; pixel++, to += stride)
      bytes[to] = plane[pixel] ?? 0;
  }
  if (bitsAllocated === 1) return bytes;
  return correctBits(typed(bytes.buffer, image), image);
}

/** PackBits as PS3.5 section G.3.2 has it; what follows the last row is padding. */
function unpackRuns(packed: Uint8Array, length: number): Uint8Array {
  const plane = new Uint8Array(length);
  let from = 0;
  let to = 0;
  while (to < length) {
    if (from >= packed.length) throw new ArchiveError('dicom.truncated');
    const control = packed[from++] ?? 0;
    if (control < 128) {
      const count = Math.min(control + 1, length - to);
      if (from + count > packed.length) throw new ArchiveError('dicom.truncated');
      plane.set(packed.subarray(from, from + count), to);
      from += control + 1;
      to += count;
    } else if (control > 128) {
      const count = Math.min(257 - control, length - to);
      if (from >= packed.length) throw new ArchiveError('dicom.truncated');
      plane.fill(packed[from++] ?? 0, to, to + count);
      to += count;
    }
  }
  return plane;
}
