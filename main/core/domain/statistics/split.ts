import { seededRandom, shuffled } from './random.ts';

/**
 * Shares patients out over `parts`, each patient whole, so that every label is spread as evenly as that allows.
 *
 * @param groups - places of each patient's cases.
 * @param strata - a label of each case, by place.
 * @returns the part of each case, by place; the same for the same seed.
 */
export function splitGroups(
  groups: readonly (readonly number[])[],
  strata: ArrayLike<number>,
  parts: number,
  seed = 1,
): Int32Array {
  const counts = Array.from({ length: parts }, () => new Map<number, number>());
  const totals = new Array<number>(parts).fill(0);
  const result = new Int32Array(groups.reduce((sum, group) => sum + group.length, 0));
  // Large patients first: what comes later can still even out what they did.
  const order = shuffled(groups, seededRandom(seed)).sort((a, b) => b.length - a.length);
  for (const group of order) {
    const label = strata[group[0] as number] as number;
    let part = 0;
    for (let other = 1; other < parts; other += 1) {
      const here = counts[part]?.get(label) ?? 0;
      const there = counts[other]?.get(label) ?? 0;
      if (there < here || (there === here && (totals[other] as number) < (totals[part] as number)))
        part = other;
    }
    for (const place of group) {
      result[place] = part;
      const own = strata[place] as number;
      const count = counts[part] as Map<number, number>;
      count.set(own, (count.get(own) ?? 0) + 1);
    }
    totals[part] = (totals[part] as number) + group.length;
  }
  return result;
}
