/** Weight of deeper places in {@link rankBiasedOverlap}: with 0.9 the first ten hold 86 % of it. */
export const PERSISTENCE = 0.9;

/** Share of what two lists have among their first `k` that both have; 1 for two empty ones. */
export function jaccardAt(a: readonly number[], b: readonly number[], k: number): number {
  const first = new Set(a.slice(0, k));
  const second = new Set(b.slice(0, k));
  const union = new Set([...first, ...second]).size;
  return union === 0 ? 1 : (first.size + second.size - union) / union;
}

/**
 * Overlap of two rankings in which early places count more, going on below what is known as it was there.
 *
 * @param a - without repetitions; both are looked at as deep as the shorter one goes.
 * @param p - how likely a reader is to look at the next place.
 * @returns 0 (nothing shared) to 1 (the same order); 1 for two empty lists.
 * @see Webber, Moffat, Zobel (2010), A similarity measure for indefinite rankings, TOIS 28(4), equation 30 (RBO_EXT)
 */
export function rankBiasedOverlap(a: readonly number[], b: readonly number[], p = PERSISTENCE): number {
  const depth = Math.min(a.length, b.length);
  if (depth === 0) return a.length === b.length ? 1 : 0;
  const seen = new Set<number>();
  let shared = 0;
  let sum = 0;
  for (let at = 0; at < depth; at += 1) {
    for (const id of [a[at] as number, b[at] as number]) {
      if (seen.has(id)) shared += 1;
      seen.add(id);
    }
    sum += (shared / (at + 1)) * p ** (at + 1);
  }
  return (shared / depth) * p ** depth + ((1 - p) / p) * sum;
}
