import type { Samples } from './inverse-dct.ts';

/**
 * Spreads a component over the frame: between samples that are twice as far apart linearly, as libjpeg's
 * "fancy upsampling" does (weights 3 and 1 to the nearer and the farther), otherwise by repetition.
 *
 * @param spread - frame samples per component sample, across and down.
 * @returns `width * height` values.
 */
export function upsample(
  samples: Samples,
  spread: { readonly x: number; readonly y: number },
  width: number,
  height: number,
): Uint16Array {
  const result = new Uint16Array(width * height);
  const { values, stride } = samples;
  const smoothX = spread.x === 2 && samples.width > 2;
  const smoothY = spread.y === 2 && samples.height > 1;
  for (let y = 0; y < height; y++) {
    const row = Math.min(Math.floor(y / spread.y), samples.height - 1);
    const other = smoothY ? clamp(y % 2 === 0 ? row - 1 : row + 1, samples.height - 1) : row;
    const near = row * stride;
    const far = other * stride;
    const to = y * width;
    if (!smoothX && !smoothY) {
      for (let x = 0; x < width; x++) result[to + x] = values[near + Math.floor(x / spread.x)] ?? 0;
      continue;
    }
    const columnSum = (x: number) => (values[near + x] ?? 0) * 3 + (values[far + x] ?? 0);
    for (let x = 0; x < width; x++) {
      if (!smoothX) {
        result[to + x] = (columnSum(Math.floor(x / spread.x)) + 1 + (y % 2)) >> 2;
        continue;
      }
      const column = Math.min(x >> 1, samples.width - 1);
      const beside = clamp(x % 2 === 0 ? column - 1 : column + 1, samples.width - 1);
      result[to + x] = (columnSum(column) * 3 + columnSum(beside) + 8 - (x % 2)) >> 4;
    }
  }
  return result;
}

function clamp(index: number, last: number): number {
  return Math.min(Math.max(index, 0), last);
}
