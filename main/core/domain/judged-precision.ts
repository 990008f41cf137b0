import { type Interval, Z95 } from './statistics/intervals.ts';

/** Places of an answer that were sampled apart, from 1, both included. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

export interface Judged {
  readonly place: number;
  readonly isRight: boolean;
}

/**
 * Parts an answer into bands of equal width of score, so that a sample of each tells of all scores and not of the many
 * low ones alone.
 *
 * @param scores - of all hits, falling.
 */
export function bandsOf(scores: ArrayLike<number>, count: number): Band[] {
  const high = scores[0] ?? 0;
  const low = scores[scores.length - 1] ?? 0;
  const width = (high - low) / count;
  const bands: Band[] = [];
  let from = 1;
  for (let index = 1; index <= scores.length; index += 1) {
    const bandOf = (at: number) =>
      Math.min(count - 1, Math.floor((high - (scores[at] as number)) / width) || 0);
    if (index < scores.length && bandOf(index) === bandOf(from - 1)) continue;
    bands.push({ from, to: index });
    from = index + 1;
  }
  return bands;
}

/** How many to draw of each band: as equal as their sizes allow. */
export function shareOut(bands: readonly Band[], wanted: number): number[] {
  const shares = bands.map(() => 0);
  const room = (index: number) => {
    const band = bands[index] as Band;
    return band.to - band.from + 1 - (shares[index] as number);
  };
  for (let left = wanted, isMoving = true; left > 0 && isMoving;) {
    isMoving = false;
    for (let index = 0; index < bands.length && left > 0; index += 1) {
      if (room(index) <= 0) continue;
      shares[index] = (shares[index] as number) + 1;
      left -= 1;
      isMoving = true;
    }
  }
  return shares;
}

/**
 * Which share of the first `cutoff` hits is right, from judged samples of bands, with a 95 % interval.
 *
 * The estimate weighs each band's share by the hits of the band above the cutoff. The interval is Wilson's for the number
 * of cases that a plain sample would need for the same variance; a band's own share is smoothed in the variance, since
 * five that are all right do not make a band certain. Bands that were judged whole add no variance.
 *
 * @returns null where a band above the cutoff has no judged hit: nothing is known of it.
 * @see Cochran (1977), Sampling techniques, §5.3 and §5A.14 (stratified sampling, domains); Korn, Graubard (1998),
 *   Confidence intervals for proportions with small expected number of positive counts (effective sample size, with
 *   Student's factor for few cases); Agresti,
 *   Coull (1998), Approximate is better than exact (smoothing).
 */
export function precisionAt(
  bands: readonly Band[],
  judged: readonly Judged[],
  cutoff: number,
): Interval | null {
  let share = 0;
  let smoothed = 0;
  let variance = 0;
  let freedom = 0;
  for (const { from, to } of bands) {
    if (from > cutoff) break;
    const end = Math.min(to, cutoff);
    const size = end - from + 1;
    const whole = judged.filter(({ place }) => place >= from && place <= to);
    const above = whole.filter(({ place }) => place <= end);
    // Of a band that the cutoff goes through, what was judged below stands in where nothing was above.
    const sample = above.length > 0 ? above : whole;
    if (sample.length === 0) return null;
    const right = sample.filter(({ isRight }) => isRight).length;
    freedom += sample.length - 1;
    const weight = size / cutoff;
    const smooth = (right + 1) / (sample.length + 2);
    const unknown = sample === above ? Math.max(0, 1 - sample.length / size) : 1;
    share += weight * (right / sample.length);
    smoothed += weight * smooth;
    variance += weight ** 2 * unknown * ((smooth * (1 - smooth)) / sample.length);
  }
  if (variance === 0) return { value: share, low: share, high: share };
  const effective = (smoothed * (1 - smoothed)) / variance;
  return wilsonFor(share, effective * (Z95 / studentQuantile(Math.max(2, freedom))) ** 2);
}

/** 97.5 % quantile of Student's t. @see Abramowitz, Stegun (1964), 26.7.5: the expansion about the normal one. */
function studentQuantile(freedom: number): number {
  const first = (Z95 ** 3 + Z95) / 4;
  const second = (5 * Z95 ** 5 + 16 * Z95 ** 3 + 3 * Z95) / 96;
  const third = (3 * Z95 ** 7 + 19 * Z95 ** 5 + 17 * Z95 ** 3 - 15 * Z95) / 384;
  return Z95 + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

function wilsonFor(share: number, n: number): Interval {
  const square = Z95 * Z95;
  const divisor = 1 + square / n;
  const middle = (share + square / (2 * n)) / divisor;
  const half = (Z95 * Math.sqrt((share * (1 - share)) / n + square / (4 * n * n))) / divisor;
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
