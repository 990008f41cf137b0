/** A share or score with the interval in which it lies with 95 % confidence. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % quantile of the normal distribution. */
export const Z95 = 1.959963984540054;

/**
 * A share of counted cases with its 95 % interval; null when nothing was counted.
 *
 * @see Wilson (1927), Probable inference, the law of succession, and statistical inference.
 */
export function wilson(hits: number, n: number): Interval | null {
  if (n === 0) return null;
  const share = hits / n;
  const square = Z95 * Z95;
  const divisor = 1 + square / n;
  const middle = (share + square / (2 * n)) / divisor;
  const half = (Z95 * Math.sqrt((share * (1 - share)) / n + square / (4 * n * n))) / divisor;
  // Exactly 0 and 1 where the formula is, but for rounding.
  return {
    value: share,
    low: hits === 0 ? 0 : middle - half,
    high: hits === n ? 1 : middle + half,
  };
}
