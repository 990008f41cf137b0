import { ArchiveError } from '../../../../../preload/contract/faults.ts';
import { broken } from './jpeg-error.ts';
import { huffmanTable, type HuffmanTable } from './huffman.ts';

export interface Component {
  readonly id: number;
  /** Sampling factors, 1 to 4. */
  readonly h: number;
  readonly v: number;
  readonly quantTable: number;
}

/** The frame header (ITU-T T.81 section B.2.2). */
export interface Frame {
  readonly process: 'sequential' | 'progressive' | 'lossless';
  /** Bits per sample: 8 or 12, 2 to 16 for lossless. */
  readonly precision: number;
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
}

export interface ScanComponent {
  /** Index into the frame's components. */
  readonly component: number;
  readonly dcTable: number;
  readonly acTable: number;
}

/** A scan header (section B.2.3). For lossless `spectralStart` is the predictor. */
export interface Scan {
  readonly components: readonly ScanComponent[];
  readonly spectralStart: number;
  readonly spectralEnd: number;
  readonly high: number;
  readonly low: number;
}

/** Tables in force and what application markers say; changed by each segment that defines some. */
export interface Tables {
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
  /** In zigzag order, 64 entries. */
  readonly quant: (Uint16Array | undefined)[];
  restartInterval: number;
  /** Adobe's colour transform: 0 none, 1 YCbCr, 2 YCCK; undefined without its marker. */
  adobeTransform: number | undefined;
  jfif: boolean;
}

export type Segment =
  | { readonly is: 'frame'; readonly frame: Frame }
  | { readonly is: 'scan'; readonly scan: Scan; readonly at: number }
  /** `marked` where the end-of-image marker stands, false where the bytes just end. */
  | { readonly is: 'end'; readonly marked: boolean };

export function noTables(): Tables {
  return { dc: [], ac: [], quant: [], restartInterval: 0, adobeTransform: undefined, jfif: false };
}

const processes: Readonly<Record<number, Frame['process']>> = {
  0xc0: 'sequential',
  0xc1: 'sequential',
  0xc2: 'progressive',
  0xc3: 'lossless',
};

/**
 * Reads marker segments from `at` until one that asks for work: a frame header, a scan, or the end. Table segments on
 * the way are put into `tables`.
 *
 * @throws ArchiveError `image.truncated`, `image.unreadable`, `dicom.transfer-syntax` for arithmetic coding and
 *   hierarchical modes.
 */
export function nextSegment(
  bytes: Uint8Array,
  at: number,
  tables: Tables,
  frame: Frame | null,
): Segment & { next: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (;;) {
    // Bytes between segments are skipped: entropy-coded rests, fill bytes, and dirt.
    while (
      at + 1 < bytes.length &&
      !(bytes[at] === 0xff && (bytes[at + 1] ?? 0) >= 0xc0 && bytes[at + 1] !== 0xff)
    )
      at++;
    if (at + 1 >= bytes.length) return { is: 'end', marked: false, next: bytes.length };
    const marker = bytes[at + 1] ?? 0;
    at += 2;
    if (marker === 0xd9) return { is: 'end', marked: true, next: at };
    if (marker >= 0xd0 && marker <= 0xd8) continue;
    if (at + 2 > bytes.length) throw broken(true);
    const length = view.getUint16(at);
    const end = at + length;
    if (length < 2) throw broken();
    if (end > bytes.length) throw broken(true);
    const body = bytes.subarray(at + 2, end);
    at = end;
    const process = processes[marker];
    if (process) return { is: 'frame', frame: frameHeader(body, process), next: end };
    if (marker === 0xda) return { is: 'scan', scan: scanHeader(body, frame), at: end, next: end };
    if (marker === 0xc4) defineHuffman(body, tables);
    else if (marker === 0xdb) defineQuantisation(body, tables);
    else if (marker === 0xdd) tables.restartInterval = word(body, 0);
    else if (marker === 0xe0) tables.jfif ||= ascii(body, 4) === 'JFIF';
    else if (marker === 0xee && ascii(body, 5) === 'Adobe') tables.adobeTransform = body[11];
    else if (marker > 0xc4 && marker <= 0xcf && marker !== 0xc8)
      throw new ArchiveError('dicom.transfer-syntax', { transferSyntax: 'JPEG, arithmetic or hierarchical' });
  }
}

function frameHeader(body: Uint8Array, process: Frame['process']): Frame {
  const count = body[5] ?? 0;
  if (body.length < 6 + count * 3 || count < 1 || count > 4) throw broken();
  const components = Array.from({ length: count }, (_, index) => {
    const from = 6 + index * 3;
    const sampling = body[from + 1] ?? 0;
    return { id: body[from] ?? 0, h: sampling >> 4, v: sampling & 15, quantTable: body[from + 2] ?? 0 };
  });
  if (components.some(({ h, v }) => h < 1 || h > 4 || v < 1 || v > 4)) throw broken();
  const precision = body[0] ?? 0;
  const known =
    process === 'lossless' ? precision >= 2 && precision <= 16 : precision === 8 || precision === 12;
  const frame = { process, precision, height: word(body, 1), width: word(body, 3), components };
  if (!known || frame.width === 0 || frame.height === 0) throw broken();
  return frame;
}

function scanHeader(body: Uint8Array, frame: Frame | null): Scan {
  const count = body[0] ?? 0;
  if (!frame || count < 1 || count > 4 || body.length < 4 + count * 2) throw broken();
  const components = Array.from({ length: count }, (_, index) => {
    const component = frame.components.findIndex(({ id }) => id === body[1 + index * 2]);
    const selectors = body[2 + index * 2] ?? 0;
    if (component < 0) throw broken();
    return { component, dcTable: selectors >> 4, acTable: selectors & 15 };
  });
  const rest = 1 + count * 2;
  const approximation = body[rest + 2] ?? 0;
  return {
    components,
    spectralStart: body[rest] ?? 0,
    spectralEnd: body[rest + 1] ?? 0,
    high: approximation >> 4,
    low: approximation & 15,
  };
}

function defineHuffman(body: Uint8Array, { dc, ac }: Tables): void {
  for (let at = 0; at + 17 <= body.length;) {
    const target = body[at] ?? 0;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total > 256 || at + 17 + total > body.length || (target & 15) > 3) throw broken();
    const table = huffmanTable(counts, body.subarray(at + 17, at + 17 + total));
    (target >> 4 === 0 ? dc : ac)[target & 15] = table;
    at += 17 + total;
  }
}

function defineQuantisation(body: Uint8Array, { quant }: Tables): void {
  for (let at = 0; at < body.length;) {
    const target = body[at++] ?? 0;
    const wide = target >> 4 === 1;
    if (at + (wide ? 128 : 64) > body.length || (target & 15) > 3) throw broken();
    const table = new Uint16Array(64);
    for (let index = 0; index < 64; index++)
      table[index] = wide ? word(body, at + index * 2) : (body[at + index] ?? 0);
    quant[target & 15] = table;
    at += wide ? 128 : 64;
  }
}

const word = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

const ascii = (bytes: Uint8Array, length: number) => String.fromCharCode(...bytes.subarray(0, length));
