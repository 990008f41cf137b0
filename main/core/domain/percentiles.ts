/** Bins of the histogram; finer than 8-bit output can show for any range. */
const BINS = 65_536;

export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** Tells the values that do not count, padding for instance. */
export type Skip = (value: number) => boolean;

/** How often values occur: `bins[i]` counts those around `low + i * step`. */
interface Histogram {
  readonly bins: Uint32Array;
  readonly low: number;
  readonly step: number;
}

/**
 * The values below which `lower` and `upper` per cent of the pixels lie, within one part in 65,536 of the range;
 * exact for whole numbers over a smaller range. Linear time, constant memory. Null where no value is finite.
 *
 * @param skip - pixels that do not count.
 */
export function percentileRange(
  values: ArrayLike<number>,
  lower: number,
  upper: number,
  skip?: Skip,
): ValueRange | null {
  const { bins, low, step } = shortIntegers(values, skip) ?? anyNumbers(values, skip) ?? {};
  if (!bins || low === undefined || step === undefined) return null;
  const counted = bins.reduce((sum, count) => sum + count, 0);
  if (counted === 0) return null;
  const at = (percent: number) => {
    const rank = (percent / 100) * (counted - 1);
    let below = 0;
    for (let bin = 0; bin < bins.length; bin++) {
      below += bins[bin] ?? 0;
      if (below > rank) return low + bin * step;
    }
    return low + (bins.length - 1) * step;
  };
  return { low: at(lower), high: at(upper) };
}

/** Integers of at most 16 bits have a bin each, and what is skipped is asked for once per value, not per pixel. */
function shortIntegers(values: ArrayLike<number>, skip: Skip | undefined): Histogram | null {
  const signed = values instanceof Int16Array || values instanceof Int8Array;
  if (!signed && !(values instanceof Uint16Array || values instanceof Uint8Array)) return null;
  const low = signed ? -BINS / 2 : 0;
  const bins = new Uint32Array(BINS);
  for (let index = 0; index < values.length; index++) {
    const bin = (values[index] ?? 0) - low;
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  if (skip) for (let bin = 0; bin < BINS; bin++) if (bins[bin] && skip(low + bin)) bins[bin] = 0;
  return { bins, low, step: 1 };
}

function anyNumbers(values: ArrayLike<number>, skip: Skip | undefined): Histogram | null {
  const counts = (value: number) => Number.isFinite(value) && !skip?.(value);
  let low = Infinity;
  let high = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (!counts(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return null;
  const whole = Number.isInteger(low) && Number.isInteger(high) && high - low < BINS;
  const step = whole || low === high ? 1 : (high - low) / (BINS - 1);
  const bins = new Uint32Array(BINS);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (!counts(value)) continue;
    const bin = Math.round((value - low) / step);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return { bins, low, step };
}
