import type { Codec } from './transfer-syntaxes.ts';

/** What a codestream says of itself before it is decoded. */
export interface Codestream {
  readonly codec: Codec;
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/**
 * Looks at the first markers of a compressed frame: which codec it is, whatever the transfer syntax says, and how
 * large. JPEG and JPEG-LS (ITU-T T.81 B.1.1.3, T.87 C.1.1), JPEG 2000 and HTJ2K, bare or in JP2 boxes (T.800 A.5,
 * I.5; T.814 A.3).
 *
 * @returns null where the bytes are none of these, or their header is cut off.
 */
export function readCodestream(bytes: Buffer): Codestream | null {
  if (bytes.length < 12) return null;
  if (bytes.readUInt16BE(0) === 0xffd8) return readJpeg(bytes);
  if (bytes.readUInt16BE(0) === 0xff4f) return readJ2k(bytes, 0);
  if (bytes.readUInt32BE(4) === 0x6a502020) {
    const start = bytes.indexOf(Buffer.from([0xff, 0x4f, 0xff, 0x51]));
    return start < 0 ? null : readJ2k(bytes, start);
  }
  return null;
}

function readJpeg(bytes: Buffer): Codestream | null {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff || (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const isLs = marker === 0xf7;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isLs || isFrame)
      return {
        codec: isLs ? 'jpeg-ls' : 'jpeg',
        height: bytes.readUInt16BE(at + 5),
        width: bytes.readUInt16BE(at + 7),
        components: bytes[at + 9] ?? 0,
      };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

const SIZ_BYTES = 42;

function readJ2k(bytes: Buffer, start: number): Codestream | null {
  if (bytes.length < start + SIZ_BYTES || bytes.readUInt16BE(start + 2) !== 0xff51) return null;
  const capabilities = bytes.readUInt16BE(start + 6);
  return {
    // Bit 14 of Rsiz announces the extended capabilities that HTJ2K is one of.
    codec: (capabilities & 0x4000) !== 0 ? 'htj2k' : 'jpeg-2000',
    width: bytes.readUInt32BE(start + 8) - bytes.readUInt32BE(start + 16),
    height: bytes.readUInt32BE(start + 12) - bytes.readUInt32BE(start + 20),
    components: bytes.readUInt16BE(start + 40),
  };
}

/** Whether the codestream's own multiple component transform made RGB of its components (T.800 A.6.1, SGcod). */
export function hasComponentTransform(bytes: Buffer): boolean {
  const start = bytes.indexOf(Buffer.from([0xff, 0x4f, 0xff, 0x51]));
  for (let at = start + 2; start >= 0 && at + 10 < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    if (bytes[at] !== 0xff || bytes[at + 1] === 0x90) return false;
    if (bytes[at + 1] === 0x52) return bytes[at + 8] === 1;
  }
  return false;
}
