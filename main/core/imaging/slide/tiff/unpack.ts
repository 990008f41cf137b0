import { inflateSync, zstdDecompressSync } from 'node:zlib';

import { unreadable } from '../slide-fault.ts';
import { decodeLzw } from './lzw.ts';

/** Compression schemes of byte streams (TIFF 6.0 sections 3, 9, 13; Adobe's technical notes; libtiff's registry). */
export const compression = {
  none: 1, lzw: 5, jpeg: 7, deflate: 8, oldDeflate: 32946, packBits: 32773, aperioJp2kYcc: 33003, aperioJp2kRgb: 33005,
  jp2k: 34712, lossyJpeg: 34892, zstd: 50000, webp: 50001,
} as const; // prettier-ignore

/**
 * Undoes a byte compression.
 *
 * @param length - bytes that the tile has when it is unpacked.
 * @throws ArchiveError `slide.unreadable` where there are fewer.
 */
export function unpack(bytes: Buffer, scheme: number, length: number): Uint8Array {
  const unpacked = unpackedBy(bytes, scheme, length);
  if (unpacked.length < length) throw unreadable('ends early');
  return unpacked.subarray(0, length);
}

function unpackedBy(bytes: Buffer, scheme: number, length: number): Uint8Array {
  switch (scheme) {
    case compression.none:
      return bytes;
    case compression.lzw:
      return decodeLzw(bytes, length);
    case compression.packBits:
      return decodePackBits(bytes, length);
    case compression.deflate:
    case compression.oldDeflate:
      return guarded(() => inflateSync(bytes, { maxOutputLength: length + 65_536 }));
    case compression.zstd:
      return guarded(() => zstdDecompressSync(bytes, { maxOutputLength: length + 65_536 }));
    default:
      throw unreadable(`compression ${scheme}`);
  }
}

function guarded(inflate: () => Buffer): Buffer {
  try {
    return inflate();
  } catch (error) {
    throw unreadable('damaged compressed data', error);
  }
}

function decodePackBits(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let filled = 0;
  for (let at = 0; at < bytes.length && filled < length;) {
    const control = ((bytes[at++] ?? 0) << 24) >> 24;
    if (control === -128) continue;
    const count = Math.min(control < 0 ? 1 - control : control + 1, length - filled);
    if (control < 0) out.fill(bytes[at++] ?? 0, filled, filled + count);
    else {
      out.set(bytes.subarray(at, at + count), filled);
      at += count;
    }
    filled += count;
  }
  return out.subarray(0, filled);
}

/** Adds up horizontal differences in place, row by row (TIFF 6.0 section 14). */
export function undoPredictor(
  samples: Uint8Array | Uint16Array,
  width: number,
  height: number,
  channels: number,
): void {
  const line = width * channels;
  for (let row = 0; row < height; row++) {
    const start = row * line;
    for (let at = start + channels; at < start + line; at++)
      samples[at] = (samples[at] ?? 0) + (samples[at - channels] ?? 0);
  }
}
