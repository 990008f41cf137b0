/** An id in the order of several lists taken together. */
export interface Fused {
  readonly id: number;
  /** Σ 1 / (k + rank), over the lists that have it. */
  readonly score: number;
  /** Its place in each list, from 1; null where the list does not have it. */
  readonly ranks: readonly (number | null)[];
}

/** Softens the lead of first places; the value of the paper. */
const K = 60;

/**
 * Reciprocal rank fusion: of lists whose scores cannot be compared, only the places count.
 *
 * The order is total: score, then id. A list names an id once.
 *
 * @see Cormack, Clarke, Büttcher (2009), Reciprocal rank fusion outperforms Condorcet and individual rank learning
 *   methods, SIGIR, §2
 */
export function fuseRanks(lists: readonly (readonly number[])[], k = K): Fused[] {
  const ranks = new Map<number, (number | null)[]>();
  for (const [which, list] of lists.entries())
    for (const [at, id] of list.entries()) {
      const own = ranks.get(id) ?? lists.map(() => null);
      own[which] = at + 1;
      ranks.set(id, own);
    }
  const scoreOf = (own: readonly (number | null)[]) =>
    own.reduce<number>((sum, rank) => (rank === null ? sum : sum + 1 / (k + rank)), 0);
  return Array.from(ranks, ([id, own]) => ({ id, score: scoreOf(own), ranks: own })).sort(
    (a, b) => b.score - a.score || a.id - b.id,
  );
}
