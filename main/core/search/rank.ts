import { byRank, firstOfEach, type RankedRegion } from '../domain/ranking.ts';
import type { Candidate, Candidates } from './candidates.ts';

export interface RankWish {
  /** How many of the best are wanted. */
  readonly depth: number;
  /** Whether a score belongs to those that are all counted; rises with the score. */
  readonly reaches: (score: number) => boolean;
  /** What only the best is kept of: the item, or its patient. */
  readonly keyOf: (region: RankedRegion) => number | string;
  /** Region with its exact score; undefined for one that is gone or does not take part. */
  readonly exact: (regionId: number) => RankedRegion | undefined;
}

export interface Ranking {
  /** The best of every key, in order; complete down to `depth` of them, and to the threshold. */
  readonly ranked: readonly RankedRegion[];
  readonly reaching: number;
}

/** Spare candidates of the first try: room for the query's own items and a few more regions of the same item. */
const SPARE = 64;
const GROWTH = 4;
/** Errors of estimates spread like a normal distribution; none of a million lies beyond six spreads. */
const SAFE_SPREADS = 6;
const SMALLEST_MARGIN = 1e-5;

/**
 * Turns roughly ordered candidates into the exact answer: it computes scores until nothing that was left out can
 * belong to it.
 *
 * @returns null when the source cannot go as deep as needed.
 */
export function rank(candidates: Candidates, wish: RankWish): Ranking | null {
  const known = new Map<number, RankedRegion | undefined>();
  for (let count = 2 * wish.depth + SPARE; ; count *= GROWTH) {
    const tried = candidates.best(Math.min(count, candidates.size));
    if (!tried) return null;
    for (const { regionId } of tried) if (!known.has(regionId)) known.set(regionId, wish.exact(regionId));
    const exact = tried.flatMap(({ regionId }) => known.get(regionId) ?? []);
    const ranked = firstOfEach(exact.sort(byRank), wish.keyOf);
    if (tried.length >= candidates.size) return cut(ranked, -Infinity, wish);
    // No region that was left out scores higher than this, so what lies above is final.
    const bound = (tried.at(-1)?.estimate ?? -1) + margin(tried, known);
    const isDeepEnough = (ranked[wish.depth - 1]?.score ?? -Infinity) > bound;
    if (isDeepEnough && !wish.reaches(bound)) return cut(ranked, bound, wish);
  }
}

function cut(ranked: readonly RankedRegion[], bound: number, { reaches }: RankWish): Ranking {
  const sure = ranked.findIndex(({ score }) => !(score > bound));
  return {
    ranked: sure < 0 ? ranked : ranked.slice(0, sure),
    reaching: ranked.filter(({ score }) => reaches(score)).length,
  };
}

function margin(tried: readonly Candidate[], known: ReadonlyMap<number, RankedRegion | undefined>): number {
  let squares = 0;
  let count = 0;
  for (const { regionId, estimate } of tried) {
    const exact = known.get(regionId);
    if (!exact) continue;
    squares += (exact.score - estimate) ** 2;
    count += 1;
  }
  return Math.max(SMALLEST_MARGIN, SAFE_SPREADS * Math.sqrt(squares / Math.max(1, count)));
}
