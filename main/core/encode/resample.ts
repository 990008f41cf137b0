/**
 * Pillow's 8-bit resampling, to the last bit: the pictures a CLIP-type model was trained and evaluated on went
 * through it, and a different resampler moves the embeddings (see the table in the models' README).
 *
 * @see Pillow, src/libImaging/Resample.c (ImagingResample, 8 bits per channel).
 */

import { createKernel, FRACTION_BITS, type Kernel } from './resample-kernel.ts';

export type Filter = 'bicubic' | 'bilinear';

/** Rows or columns `from` (inclusive) to `to` (exclusive) of a resized side. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The weights of the outputs of one span of one side. */
export interface Weights {
  /** First input position of each output. */
  readonly start: Int32Array;
  /** How many inputs each output reads. */
  readonly count: Int32Array;
  /** `stride` fixed-point weights per output, 2^22 is one; the unused rest is 0. */
  readonly taps: Int32Array;
  readonly stride: number;
}

const support = { bicubic: 2, bilinear: 1 } as const;

function weightAt(filter: Filter, position: number): number {
  const x = Math.abs(position);
  if (filter === 'bilinear') return x < 1 ? 1 - x : 0;
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * -0.5;
  return 0;
}

/**
 * The fixed-point weights with which a side of `inputSize` pixels becomes one of `outputSize`, for the outputs
 * in `span` only. Enlarging interpolates; reducing widens the filter, so that every input counts.
 */
export function resampleWeights(filter: Filter, inputSize: number, outputSize: number, span: Span): Weights {
  const scale = inputSize / outputSize;
  const stretch = Math.max(scale, 1);
  const reach = support[filter] * stretch;
  // Pillow multiplies by the reciprocal; dividing rounds differently.
  const shrink = 1 / stretch;
  const length = span.to - span.from;
  const stride = Math.ceil(reach) * 2 + 1;
  const start = new Int32Array(length);
  const count = new Int32Array(length);
  const taps = new Int32Array(length * stride);
  const exact = new Float64Array(stride);
  for (let output = 0; output < length; output += 1) {
    const centre = (output + span.from + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const last = Math.min(inputSize, Math.trunc(centre + reach + 0.5));
    let sum = 0;
    for (let tap = 0; tap < last - first; tap += 1) {
      const weight = weightAt(filter, (tap + first - centre + 0.5) * shrink);
      exact[tap] = weight;
      sum += weight;
    }
    start[output] = first;
    count[output] = last - first;
    for (let tap = 0; tap < last - first; tap += 1) {
      const weight = sum === 0 ? (exact[tap] as number) : (exact[tap] as number) / sum;
      const fixed = weight * (1 << FRACTION_BITS);
      taps[output * stride + tap] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
  }
  return { start, count, taps, stride };
}

/** The input positions that a span of outputs reads. */
export function inputSpan({ start, count }: Weights): Span {
  let from = Infinity;
  let to = 0;
  for (let output = 0; output < start.length; output += 1) {
    from = Math.min(from, start[output] as number);
    to = Math.max(to, (start[output] as number) + (count[output] as number));
  }
  return { from, to };
}

/** A part of a picture in bytes: `rowBytes` from one row to the next, `channels` samples to a pixel. */
export interface Source {
  readonly data: Uint8Array;
  readonly rowBytes: number;
  readonly channels: 1 | 3 | 4;
}

/**
 * Resizes along x, then along y, rounding to bytes in between as Pillow does.
 *
 * @param across - weights of the columns to make.
 * @param down - weights of the rows to make, or the rows to take as they are.
 * @returns bytes, row-major, same channels as the source.
 */
export function resample(source: Source, across: Weights | Span, down: Weights | Span): Uint8Array {
  const columns = 'taps' in across ? inputSpan(across) : across;
  const rows = 'taps' in down ? inputSpan(down) : down;
  const { channels } = source;
  const height = rows.to - rows.from;
  const read = { at: columns.from * channels, bytes: (columns.to - columns.from) * channels };
  const narrowBytes = 'taps' in across ? across.start.length * channels : read.bytes;

  const memory = layout({
    row: read.bytes,
    table: 'taps' in across ? across.start.length * 12 : 0,
    across: 'taps' in across ? across.taps.byteLength : 0,
    down: 'taps' in down ? down.taps.byteLength : 0,
    narrow: height * narrowBytes,
    out: 'taps' in down ? down.start.length * narrowBytes : 0,
  });
  const { kernel, bytes, words, at } = memory;

  if ('taps' in across) {
    words.set(across.taps, at.across / 4);
    fillTable(words, at, across, columns.from, channels);
  }
  for (let row = 0; row < height; row += 1) {
    const from = (rows.from + row) * source.rowBytes + read.at;
    const to = at.narrow + row * narrowBytes;
    const pixels = source.data.subarray(from, from + read.bytes);
    bytes.set(pixels, 'taps' in across ? at.row : to);
    if ('taps' in across) kernel.row(at.table, at.table + across.start.length * 12, channels, to);
  }
  if (!('taps' in down)) return bytes.slice(at.narrow, at.narrow + height * narrowBytes);

  words.set(down.taps, at.down / 4);
  for (let row = 0; row < down.start.length; row += 1) {
    const from = at.narrow + ((down.start[row] as number) - rows.from) * narrowBytes;
    const weights = at.down + row * down.stride * 4;
    const weightsEnd = weights + (down.count[row] as number) * 4;
    kernel.column(from, from + narrowBytes, weights, weightsEnd, narrowBytes, at.out + row * narrowBytes);
  }
  return bytes.slice(at.out, at.out + down.start.length * narrowBytes);
}

function fillTable(
  words: Int32Array,
  at: { readonly table: number; readonly row: number; readonly across: number },
  { start, count, stride }: Weights,
  firstColumn: number,
  channels: number,
): void {
  for (let output = 0; output < start.length; output += 1) {
    const entry = at.table / 4 + output * 3;
    const weights = at.across + output * stride * 4;
    words[entry] = at.row + ((start[output] as number) - firstColumn) * channels;
    words[entry + 1] = weights;
    words[entry + 2] = weights + (count[output] as number) * 4;
  }
}

const PAGE_BYTES = 65_536;
// The kernel reads and writes four bytes where the last pixel may have one.
const SLACK_BYTES = 16;
let shared: Kernel | undefined;

/** Places named areas of the given sizes one after the other in the kernel's memory, which grows as needed. */
function layout<Name extends string>(sizes: Readonly<Record<Name, number>>) {
  const kernel = (shared ??= createKernel());
  const at = {} as Record<Name, number>;
  let end = 0;
  for (const name of Object.keys(sizes) as Name[]) {
    at[name] = end;
    end += Math.ceil((sizes[name] + SLACK_BYTES) / 16) * 16;
  }
  const missing = end - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE_BYTES));
  const { buffer } = kernel.memory;
  return { kernel, at, bytes: new Uint8Array(buffer), words: new Int32Array(buffer) };
}
