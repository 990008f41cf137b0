import { byRank, firstOfEach, type RankedRegion } from '../domain/ranking.ts';
import type { Candidate, Candidates } from './candidates.ts';

export interface RankWish {
  /** How many of the best are wanted. */
  readonly depth: number;
  /** Everything that scores at least this is counted. */
  readonly threshold: number;
  /** What only some of the best are kept of, say a patient; null keeps every item. */
  readonly groups: {
    readonly keyOf: (itemId: number) => string;
    readonly most: number;
  } | null;
  readonly takesPart: (itemId: number) => boolean;
  /** The exact score; undefined for a region that is gone. */
  readonly exact: (regionId: number) => number | undefined;
}

export interface Ranking {
  /** The best region of every item that is kept, in order and complete, `depth` of them if there are so many. */
  readonly ranked: readonly RankedRegion[];
  /** Scores of all of them that reach the threshold. Which ones do is exact; far above it, scores may be estimates. */
  readonly reaching: readonly number[];
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
  const known = new Map<number, number | undefined>();
  const exactOf = (regionId: number): number | undefined => {
    if (!known.has(regionId)) known.set(regionId, wish.exact(regionId));
    return known.get(regionId);
  };
  for (let count = 2 * wish.depth + SPARE; ; count *= GROWTH) {
    const tried = candidates.best(Math.min(count, candidates.size));
    if (!tried) return null;
    const regions: RankedRegion[] = [];
    for (const { regionId, itemId } of tried) {
      const score = wish.takesPart(itemId) ? exactOf(regionId) : undefined;
      if (score !== undefined) regions.push({ regionId, itemId, score });
    }
    const ranked = kept(regions.sort(byRank), wish);
    const reaching = () => ranked.map(({ score }) => score).filter((score) => score >= wish.threshold);
    if (tried.length >= candidates.size) return { ranked, reaching: reaching() };
    // No region that was left out scores higher than this, so what lies above is final.
    const margin = marginOf(tried, known);
    const bound = (tried.at(-1)?.estimate ?? -1) + margin;
    if (!((ranked[wish.depth - 1]?.score ?? -Infinity) > bound)) continue;
    const sure = ranked.findIndex(({ score }) => !(score > bound));
    const certain = sure < 0 ? ranked : ranked.slice(0, sure);
    if (bound < wish.threshold) return { ranked: certain, reaching: reaching() };
    const above = reachingScores(candidates, wish, margin, exactOf);
    return above && { ranked: certain, reaching: above };
  }
}

/** The best region of each item, of those the best items of each group. */
function kept<T extends { readonly itemId: number }>(ranked: readonly T[], { groups }: RankWish): T[] {
  const items = firstOfEach(ranked, ({ itemId }) => itemId);
  return groups ? firstOfEach(items, ({ itemId }) => groups.keyOf(itemId), groups.most) : items;
}

/** Far above the threshold an estimate is enough to know that it is reached; near it, the score is computed. */
function reachingScores(
  candidates: Candidates,
  wish: RankWish,
  margin: number,
  exactOf: (regionId: number) => number | undefined,
): number[] | null {
  const { threshold, takesPart } = wish;
  const list = candidates.atLeast(threshold - margin);
  if (!list) return null;
  const best = new Map<number, number>();
  for (const { regionId, itemId, estimate } of list) {
    if (best.has(itemId) || !takesPart(itemId)) continue;
    const score = estimate - margin >= threshold ? estimate : exactOf(regionId);
    if (score !== undefined && score >= threshold) best.set(itemId, score);
  }
  return kept(
    Array.from(best, ([itemId, score]) => ({ itemId, score })),
    wish,
  ).map(({ score }) => score);
}

function marginOf(tried: readonly Candidate[], known: ReadonlyMap<number, number | undefined>): number {
  let squares = 0;
  let count = 0;
  for (const { regionId, estimate } of tried) {
    const exact = known.get(regionId);
    if (exact === undefined) continue;
    squares += (exact - estimate) ** 2;
    count += 1;
  }
  return Math.max(SMALLEST_MARGIN, SAFE_SPREADS * Math.sqrt(squares / Math.max(1, count)));
}
