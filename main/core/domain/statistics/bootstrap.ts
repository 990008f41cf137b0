import type { Interval } from './intervals.ts';
import { seededRandom } from './random.ts';

export interface BootstrapOptions {
  readonly rounds?: number;
  readonly seed?: number;
  /**
   * Percentiles as they are: for means, which have no bias; moving them would only add the noise of the resampling.
   */
  readonly isMean?: boolean;
  /** The lowest value that the statistic can have: 0 of a share, −1 of a cosine or a difference of shares. */
  readonly least?: number;
}

/**
 * 95 % interval of a statistic by resampling whole patients, since pictures of one patient are not independent.
 *
 * It is the percentile interval moved by the bootstrap's own bias: a statistic that cannot be negative, such as the
 * calibration error, comes out larger in every resample than it is, and the plain interval would lie above the value.
 *
 * @param groups - cases of each patient, as places; at least one.
 * @param statistic - of the cases at these places, in [`least`, `most`].
 * @returns null with fewer than two patients, which say nothing about a third.
 * @see Efron, Tibshirani (1993), An introduction to the bootstrap, §10 (bias), §13 (percentiles); Field, Welsh (2007),
 *   Bootstrapping clustered data.
 */
export function bootstrapInterval(
  groups: readonly (readonly number[])[],
  statistic: (places: readonly number[]) => number,
  most: number,
  { rounds = 1000, seed = 1, isMean = false, least = 0 }: BootstrapOptions = {},
): Interval | null {
  if (groups.length < 2) return null;
  const value = statistic(groups.flat());
  const random = seededRandom(seed);
  const values = new Float64Array(rounds);
  for (let round = 0; round < rounds; round += 1) {
    const places: number[] = [];
    for (let drawn = 0; drawn < groups.length; drawn += 1)
      for (const place of groups[Math.floor(random() * groups.length)] as readonly number[])
        places.push(place);
    values[round] = statistic(places);
  }
  const usable = values.filter((one) => Number.isFinite(one)).sort();
  if (usable.length === 0) return null;
  const bias = isMean ? 0 : usable.reduce((sum, one) => sum + one, 0) / usable.length - value;
  const within = (bound: number) => Math.min(most, Math.max(least, bound - bias));
  return {
    value,
    low: Math.min(value, within(quantile(usable, 0.025))),
    high: Math.max(value, within(quantile(usable, 0.975))),
  };
}

/** Quantile of sorted values, straight between neighbours. */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

/** Places of the cases by patient; a case without one is a patient of its own. */
export function groupPlaces(patients: readonly (string | null)[]): number[][] {
  const groups = new Map<string | number, number[]>();
  patients.forEach((patient, place) => {
    const key = patient ?? place;
    const group = groups.get(key);
    if (group) group.push(place);
    else groups.set(key, [place]);
  });
  return [...groups.values()];
}
