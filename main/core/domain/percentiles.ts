/** Bins of the histogram; finer than 8-bit output can show for any range. */
const BINS = 65_536;

export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** Smallest and largest finite value that is not skipped, or null where there is none. */
export function valueRange(values: ArrayLike<number>, skip?: (value: number) => boolean): ValueRange | null {
  let low = Infinity;
  let high = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (!Number.isFinite(value) || skip?.(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}

/**
 * The values below which `lower` and `upper` per cent of the pixels lie, within one part in 65,536 of the range;
 * exact for whole numbers over a smaller range. Linear time, constant memory. Null where no value is finite.
 *
 * @param skip - pixels that do not count, padding for instance.
 */
export function percentileRange(
  values: ArrayLike<number>,
  lower: number,
  upper: number,
  skip?: (value: number) => boolean,
): ValueRange | null {
  const range = valueRange(values, skip);
  if (!range || range.low === range.high) return range;
  const whole = Number.isInteger(range.low) && Number.isInteger(range.high) && range.high - range.low < BINS;
  const step = whole ? 1 : (range.high - range.low) / (BINS - 1);
  const bins = new Uint32Array(BINS);
  let counted = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (!Number.isFinite(value) || skip?.(value)) continue;
    const bin = Math.round((value - range.low) / step);
    bins[bin] = (bins[bin] ?? 0) + 1;
    counted++;
  }
  const at = (percent: number) => {
    const rank = (percent / 100) * (counted - 1);
    let below = 0;
    for (let bin = 0; bin < BINS; bin++) {
      below += bins[bin] ?? 0;
      if (below > rank) return range.low + bin * step;
    }
    return range.high;
  };
  return { low: at(lower), high: at(upper) };
}
