import { BYTE_OFFSET } from './kernel/scan-kernel.ts';
import type { SegmentViews } from './vector-memory.ts';

/** Values that share 16 bytes of a plane: the first 16 have the lower half of each byte, the others the upper. */
const GROUP = 32;

type Planes = Pick<SegmentViews, 'high' | 'low'>;

/**
 * Splits a row into the two planes.
 *
 * @param values - within ±119.
 * @param bytes - of a row in each plane, see `planeBytes`; values that are missing count as 0.
 */
export function writeHalves({ high, low }: Planes, row: number, bytes: number, values: Int8Array): void {
  for (let at = 0, place = row * bytes; at < 2 * bytes; at += GROUP / 2)
    for (const end = at + GROUP / 2; at < end; at += 1, place += 1) {
      const first = (values[at] ?? 0) + BYTE_OFFSET;
      const second = (values[at + GROUP / 2] ?? 0) + BYTE_OFFSET;
      high[place] = (first >> 4) | (second & 0xf0);
      low[place] = (first & 0x0f) | (second << 4);
    }
}

/** What {@link writeHalves} was given. */
export function readHalves({ high, low }: Planes, row: number, bytes: number, dimensions: number): Int8Array {
  const values = new Int8Array(2 * bytes);
  for (let at = 0, place = row * bytes; at < 2 * bytes; at += GROUP / 2)
    for (const end = at + GROUP / 2; at < end; at += 1, place += 1) {
      const upper = high[place] as number;
      const lower = low[place] as number;
      values[at] = ((upper & 0x0f) << 4) + (lower & 0x0f) - BYTE_OFFSET;
      values[at + GROUP / 2] = (upper & 0xf0) + (lower >> 4) - BYTE_OFFSET;
    }
  return values.subarray(0, dimensions);
}

/** None of a million numbers of a normal distribution lies farther out. */
const SAFE_SPREADS = 6;
/** Fourth moment of an even distribution, in squares of its variance. */
const EVEN = 1.8;

/**
 * What the upper halves alone say about a row: its product with a query is about the middle times theirs, and does not
 * exceed that by more than the spread.
 *
 * The middle is the factor that leaves the shortest rest. What a unit vector has in common with the row takes its share
 * of the rest along, at most the square of the rest's length; for what else it has, the rest points anywhere, so that
 * the product spreads like a normal distribution, by the length through the root of the dimensions, or of fewer where
 * few values have most of the rest.
 *
 * @param scale - makes a unit vector of the values.
 * @see Gao, Long (2024), RaBitQ, for estimates from a few bits that are corrected by what is known of each row.
 */
export function boundOf(values: Int8Array, scale: number): { middle: number; spread: number } {
  let square = 0;
  let product = 0;
  let upperSquare = 0;
  let lowerSquare = 0;
  let lowerFourth = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    const upper = (value + 8) & ~15;
    const lower = (value - upper) * (value - upper);
    square += value * value;
    product += value * upper;
    upperSquare += upper * upper;
    lowerSquare += lower;
    lowerFourth += lower * lower;
  }
  const share = product / Math.max(1, upperSquare);
  const rest = scale * Math.sqrt(Math.max(0, square - share * product));
  const spread = Math.max(1 / values.length, lowerFourth / (EVEN * Math.max(1, lowerSquare) ** 2));
  return {
    middle: scale * share,
    spread: rest * Math.min(1, Math.hypot(rest, SAFE_SPREADS * Math.sqrt(spread))),
  };
}
