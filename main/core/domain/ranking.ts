/** A region and its exact score for a query. */
export interface RankedRegion {
  readonly regionId: number;
  readonly itemId: number;
  /** Cosine to the query, from the float32 vectors. */
  readonly score: number;
}

/** The total order of every answer: score, then item, then region. No two regions are equal in it. */
export const byRank = (a: RankedRegion, b: RankedRegion): number =>
  b.score - a.score || a.itemId - b.itemId || a.regionId - b.regionId;

/**
 * Keeps the first of every key, in order: the best region of an item, the best items of a patient.
 *
 * @param ranked - in the order of {@link byRank}.
 * @param most - how many of each.
 */
export function firstOfEach<T>(ranked: Iterable<T>, keyOf: (value: T) => number | string, most = 1): T[] {
  const seen = new Map<number | string, number>();
  const first: T[] = [];
  for (const value of ranked) {
    const key = keyOf(value);
    const before = seen.get(key) ?? 0;
    if (before >= most) continue;
    seen.set(key, before + 1);
    first.push(value);
  }
  return first;
}

/**
 * A whole number from 0 to 2^32 - 1 that looks random but is the same for the same id on every machine.
 *
 * Sorting ids by it draws a sample that stays the same while nothing is added, and changes by the share that is new.
 *
 * @see Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators; the finaliser is MurmurHash3's.
 */
export function shuffleKey(id: number): number {
  let hash = (id ^ 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The `size` ids with the smallest shuffle keys, in that order. */
export function sampleIds(ids: ArrayLike<number>, size: number): number[] {
  if (ids.length <= size) return Array.from(ids).sort((a, b) => shuffleKey(a) - shuffleKey(b));
  const keys = Uint32Array.from(ids, shuffleKey);
  const limit = keys.slice().sort()[size] as number;
  const picked: number[] = [];
  for (let index = 0; index < ids.length; index += 1)
    if ((keys[index] as number) < limit) picked.push(ids[index] as number);
  return picked.sort((a, b) => shuffleKey(a) - shuffleKey(b));
}
