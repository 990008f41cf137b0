import { byRank, firstOfEach, type RankedRegion } from '../../domain/ranking.ts';
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
  /** Items of the query itself: they take no part. */
  readonly own: ReadonlySet<number>;
  /** The exact score; undefined for a region that is gone. */
  readonly exact: (regionId: number) => number | undefined;
}

export interface Ranking {
  /** The best region of every item that is kept, in order and complete, `depth` of them if there are so many. */
  readonly ranked: readonly RankedRegion[];
  /**
   * Scores of all of them that reach the threshold, in no order. Which ones do is exact; far above it, scores may be
   * estimates.
   */
  readonly reaching: Float64Array;
}

/**
 * Spare candidates of the first try: room for the query's own items and a few more regions of the same item. Exact scores
 * of fewer than these say little of how wrong estimates are.
 */
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
  const first = Math.max(Math.ceil(1.25 * wish.depth), SPARE);
  for (let count = first + SPARE; ; count *= GROWTH) {
    const tried = candidates.best(Math.min(count, candidates.size));
    if (!tried) return null;
    const isAll = tried.length >= candidates.size;
    const regions: RankedRegion[] = [];
    // Exact scores cost most: they are computed of no more than the answer needs.
    for (let from = 0, to = first; from < tried.length; from = to, to += Math.ceil(to / 4)) {
      const part = tried.slice(from, isAll ? tried.length : to);
      for (const { regionId, itemId } of part) {
        const score = wish.own.has(itemId) ? undefined : exactOf(regionId);
        if (score !== undefined) regions.push({ regionId, itemId, score });
      }
      const ranked = kept(regions.sort(byRank), wish);
      if (isAll) return { ranked, reaching: reachingOf(ranked, wish) };
      // No region that was left out scores higher than this, so what lies above is final.
      const margin = marginOf(tried, known);
      const bound = (part.at(-1)?.estimate ?? -1) + margin;
      if (!((ranked[wish.depth - 1]?.score ?? -Infinity) > bound)) continue;
      const sure = ranked.findIndex(({ score }) => !(score > bound));
      const certain = sure < 0 ? ranked : ranked.slice(0, sure);
      if (bound < wish.threshold) return { ranked: certain, reaching: reachingOf(ranked, wish) };
      const above = reachingScores(candidates, wish, margin, exactOf);
      return above && { ranked: certain, reaching: above };
    }
    if (isAll) return { ranked: [], reaching: new Float64Array() };
  }
}

const reachingOf = (ranked: readonly RankedRegion[], { threshold }: RankWish): Float64Array =>
  Float64Array.from(ranked, ({ score }) => score).filter((score) => score >= threshold);

/** The best region of each item, of those the best items of each group. */
function kept(ranked: readonly RankedRegion[], { groups }: RankWish): RankedRegion[] {
  const items = firstOfEach(ranked, ({ itemId }) => itemId);
  return groups ? firstOfEach(items, ({ itemId }) => groups.keyOf(itemId), groups.most) : items;
}

/** Far above the threshold an estimate is enough to know that it is reached; near it, the score is computed. */
function reachingScores(
  candidates: Candidates,
  { threshold, own, groups }: RankWish,
  margin: number,
  exactOf: (regionId: number) => number | undefined,
): Float64Array | null {
  const found = candidates.atLeast(threshold - margin);
  if (!found) return null;
  const best: FoundItems = candidates.isOnePerItem ? listOfItems() : bestOfItems();
  // Where an item is of no account it is not looked up: each look leaves the processor's cache.
  const itemAt = candidates.isOnePerItem && own.size === 0 && !groups ? () => 0 : found.itemAt;
  const near: number[] = [];
  for (let place = 0; place < found.estimates.length; place += 1) {
    const estimate = found.estimates[place] as number;
    if (own.size > 0 && own.has(itemAt(place))) continue;
    if (estimate - margin >= threshold) best.put(itemAt(place), estimate);
    else near.push(place);
  }
  for (const place of near) {
    if (best.has(itemAt(place))) continue;
    const score = exactOf(found.regionAt(place));
    if (score !== undefined && score >= threshold) best.put(itemAt(place), score);
  }
  return groups ? firstOfGroups(best.all(), groups) : best.all().scores;
}

interface FoundItems {
  has(itemId: number): boolean;
  put(itemId: number, score: number): void;
  all(): { readonly items: Int32Array; readonly scores: Float64Array };
}

/** Items and their scores, in arrays that grow: a map of a hundred thousand takes longer than a scan of a million. */
function listOfItems() {
  let items = new Int32Array(1024);
  let scores = new Float64Array(1024);
  let count = 0;
  return {
    /** Nobody is put twice. */
    has: (): boolean => false,
    put(itemId: number, score: number): void {
      if (count === items.length) {
        items = grown(items, 4 * count);
        scores = grown(scores, 4 * count);
      }
      items[count] = itemId;
      scores[count] = score;
      count += 1;
    },
    raise(place: number, score: number): void {
      if (score > (scores[place] as number)) scores[place] = score;
    },
    // Copies: these are kept with the answer, and the arrays have room for more.
    all: () => ({ items: items.slice(0, count), scores: scores.slice(0, count) }),
  };
}

/** The highest score put for every item. */
function bestOfItems() {
  const list = listOfItems();
  /** Place + 1 by item id; 0 where there is none. */
  let placeOf = new Int32Array(1024);
  let count = 0;
  return {
    has: (itemId: number): boolean => (placeOf[itemId] ?? 0) !== 0,
    put(itemId: number, score: number): void {
      if (itemId >= placeOf.length) placeOf = grown(placeOf, Math.max(itemId + 1, 2 * placeOf.length));
      const known = placeOf[itemId] as number;
      if (known !== 0) return list.raise(known - 1, score);
      list.put(itemId, score);
      placeOf[itemId] = ++count;
    },
    all: list.all,
  };
}

function grown<T extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(values: T, length: number): T {
  const Column = values.constructor as new (length: number) => T;
  const larger = new Column(length);
  larger.set(values);
  return larger;
}

function firstOfGroups(
  { items, scores }: { readonly items: Int32Array; readonly scores: Float64Array },
  { keyOf, most }: NonNullable<RankWish['groups']>,
): Float64Array {
  const order = Int32Array.from(items.keys()).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number) || (items[a] as number) - (items[b] as number),
  );
  const kept = firstOfEach(order, (at) => keyOf(items[at] as number), most);
  return Float64Array.from(kept, (at) => scores[at] as number);
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
