/** What a codestream says of itself before it is decoded. */
export interface Codestream {
  readonly codec: 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Bits per sample of the first component. */
  readonly bitDepth: number;
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
        bitDepth: bytes[at + 4] ?? 8,
        height: bytes.readUInt16BE(at + 5),
        width: bytes.readUInt16BE(at + 7),
        components: bytes[at + 9] ?? 0,
      };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

const SIZ_BYTES = 43;
const START_OF_TILE_PART = 0xff90;
const END_OF_CODESTREAM = 0xffd9;

function readJ2k(bytes: Buffer, start: number): Codestream | null {
  if (bytes.length < start + SIZ_BYTES || bytes.readUInt16BE(start + 2) !== 0xff51) return null;
  const capabilities = bytes.readUInt16BE(start + 6);
  return {
    // Bit 14 of Rsiz announces the extended capabilities that HTJ2K is one of.
    codec: (capabilities & 0x4000) !== 0 ? 'htj2k' : 'jpeg-2000',
    width: bytes.readUInt32BE(start + 8) - bytes.readUInt32BE(start + 16),
    height: bytes.readUInt32BE(start + 12) - bytes.readUInt32BE(start + 20),
    components: bytes.readUInt16BE(start + 40),
    // Ssiz: bit 7 is the sign, the rest the depth less one.
    bitDepth: ((bytes[start + 42] ?? 7) & 0x7f) + 1,
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

/**
 * Whether every tile-part of a JPEG 2000 codestream is there in full (Psot of T.800 A.4.2). The decoders show what they
 * have of a shortened one without a word, and half of it may be grey.
 */
export function isCompleteJ2k(bytes: Buffer): boolean {
  const start = bytes.indexOf(Buffer.from([0xff, 0x4f, 0xff, 0x51]));
  if (start < 0) return false;
  let at = start + 2;
  while (at + 12 <= bytes.length) {
    const marker = bytes.readUInt16BE(at);
    if (marker === END_OF_CODESTREAM) return true;
    if (marker === START_OF_TILE_PART) {
      const length = bytes.readUInt32BE(at + 6);
      // Zero stands for "to the end", of which nothing can be said.
      if (length === 0) return true;
      if (length < 12) return false;
      at += length;
      if (at > bytes.length) return false;
    } else {
      const isSegment = marker >= 0xff4f && marker <= 0xff93;
      if (!isSegment) return true;
      at += 2 + bytes.readUInt16BE(at + 2);
    }
  }
  return true;
}
