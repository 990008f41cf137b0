import { select } from './selection.ts';

/** Where a query's scores lie for items that have nothing to do with it. */
export interface Background {
  readonly n: number;
  readonly median: number;
  /** 1.4826 · MAD, the standard deviation of a normal distribution with that MAD; never 0. */
  readonly spread: number;
}

/** Keeps a degenerate background (all scores alike) from making every difference infinite. */
const SMALLEST_SPREAD = 1e-6;

/** Moves the values about. */
function median(values: Float64Array): number {
  if (values.length === 0) return 0;
  const middle = values.length >> 1;
  const upper = select(values, middle);
  if (values.length % 2 === 1) return upper;
  let lower = values[0] as number;
  for (let at = 1; at < middle; at += 1) if ((values[at] as number) > lower) lower = values[at] as number;
  return (lower + upper) / 2;
}

/**
 * Median and robust spread of background scores.
 *
 * @param scores - cosines of the query to a fixed random sample of the archive; may be empty.
 * @see Rousseeuw, Croux (1993), Alternatives to the median absolute deviation; the factor makes the MAD
 *   consistent for normal data.
 */
export function backgroundOf(scores: Float64Array): Background {
  const centre = median(scores.slice());
  const deviations = scores.map((score) => Math.abs(score - centre));
  return { n: scores.length, median: centre, spread: Math.max(1.4826 * median(deviations), SMALLEST_SPREAD) };
}

/** How far a score stands above the background, in spreads. */
export const liftOf = (score: number, background: Background): number =>
  (score - background.median) / background.spread;

/** The score that stands so far above the background; see {@link liftOf}. */
export const scoreAt = (lift: number, background: Background): number =>
  background.median + lift * background.spread;

export interface Histogram {
  readonly from: number;
  readonly to: number;
  readonly background: number[];
  readonly results: number[];
}

/**
 * Counts of lift in equal bins from −4 to 10; what lies outside is counted in the outermost bin.
 *
 * @param sample - scores of the background itself.
 * @param results - scores of what was found, in any order.
 */
export function liftHistogram(
  background: Background,
  sample: Float64Array,
  results: Float64Array,
  bins = 56,
): Histogram {
  const from = -4;
  const to = 10;
  const count = (scores: Float64Array): number[] => {
    const counts = new Int32Array(bins);
    // By place, because there may be a tenth of a large archive.
    for (let place = 0; place < scores.length; place += 1) {
      const lift = liftOf(scores[place] as number, background);
      const bin = Math.floor(((lift - from) / (to - from)) * bins);
      const index = Math.min(Math.max(bin, 0), bins - 1);
      counts[index] = (counts[index] as number) + 1;
    }
    return [...counts];
  };
  return { from, to, background: count(sample), results: count(results) };
}
