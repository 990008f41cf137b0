import type { Plane } from './coefficients.ts';

/** Position in a block, row by row, of the k-th coefficient in zigzag order (ITU-T T.81 figure A.6). */
const naturalOrder = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
  62, 63,
]); // prettier-ignore

/** cos(k·π/16)/2 of the transform's definition (T.81 section A.3.3). */
const half = Array.from({ length: 8 }, (_, k) => Math.cos((k * Math.PI) / 16) / 2);
const [, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0, c6 = 0, c7 = 0] = half;

/** Samples of one component, 8 or 12 bits in 16; rows of whole blocks. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly values: Uint16Array;
}

/**
 * Dequantises and transforms a component to samples (T.81 sections A.3.4, A.3.3, A.3.1), in floating point, which serves
 * 8 and 12 bits alike and is within one of any conforming decoder.
 *
 * @param width - samples that count, per row and column; the rest of the last blocks is kept but means nothing.
 */
export function toSamples(
  plane: Plane,
  quant: Uint16Array,
  precision: number,
  width: number,
  height: number,
): Samples {
  const stride = plane.stride * 8;
  const rows = plane.blocks.length / 64 / plane.stride;
  const values = new Uint16Array(stride * rows * 8);
  const level = 1 << (precision - 1);
  const most = (1 << precision) - 1;
  const block = new Float64Array(64);
  for (let blockRow = 0; blockRow < rows; blockRow++) {
    for (let column = 0; column < plane.stride; column++) {
      const from = (blockRow * plane.stride + column) * 64;
      let last = 0;
      for (let k = 0; k < 64; k++) {
        const value = plane.blocks[from + k] ?? 0;
        if (value !== 0) last = k;
        block[naturalOrder[k] ?? 0] = value * (quant[k] ?? 1);
      }
      const to = blockRow * 8 * stride + column * 8;
      if (last === 0) {
        const flat = clamp(Math.round((block[0] ?? 0) / 8) + level, most);
        for (let y = 0; y < 8; y++) values.fill(flat, to + y * stride, to + y * stride + 8);
        continue;
      }
      for (let x = 0; x < 8; x++) transform(block, x, 8);
      for (let y = 0; y < 8; y++) transform(block, y * 8, 1);
      for (let y = 0, from = 0, row = to; y < 8; y++, row += stride)
        for (let x = row; x < row + 8; x++) {
          const value = Math.floor((block[from++] ?? 0) + level + 0.5);
          values[x] = value < 0 ? 0 : value > most ? most : value;
        }
    }
  }
  return { width, height, stride, values };
}

function clamp(value: number, most: number): number {
  return value < 0 ? 0 : value > most ? most : value;
}

/** Eight points in place, even and odd parts apart: the definition of A.3.3 with its symmetry used once. */
function transform(block: Float64Array, at: number, step: number): void {
  const f0 = block[at] ?? 0;
  const f1 = block[at + step] ?? 0;
  const f2 = block[at + 2 * step] ?? 0;
  const f3 = block[at + 3 * step] ?? 0;
  const f4 = block[at + 4 * step] ?? 0;
  const f5 = block[at + 5 * step] ?? 0;
  const f6 = block[at + 6 * step] ?? 0;
  const f7 = block[at + 7 * step] ?? 0;

  const sum = (f0 + f4) * c4;
  const difference = (f0 - f4) * c4;
  const outer = f2 * c2 + f6 * c6;
  const inner = f2 * c6 - f6 * c2;
  const e0 = sum + outer;
  const e1 = difference + inner;
  const e2 = difference - inner;
  const e3 = sum - outer;

  const o0 = f1 * c1 + f3 * c3 + f5 * c5 + f7 * c7;
  const o1 = f1 * c3 - f3 * c7 - f5 * c1 - f7 * c5;
  const o2 = f1 * c5 - f3 * c1 + f5 * c7 + f7 * c3;
  const o3 = f1 * c7 - f3 * c5 + f5 * c3 - f7 * c1;

  block[at] = e0 + o0;
  block[at + step] = e1 + o1;
  block[at + 2 * step] = e2 + o2;
  block[at + 3 * step] = e3 + o3;
  block[at + 4 * step] = e3 - o3;
  block[at + 5 * step] = e2 - o2;
  block[at + 6 * step] = e1 - o1;
  block[at + 7 * step] = e0 - o0;
}
