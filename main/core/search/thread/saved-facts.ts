import type { Filter } from '../../domain/filter.ts';
import type { ReadDb } from '../../store/database.ts';
import { savedFactsReader } from '../../store/saved-facts.ts';
import { type Grouped, searchReader } from '../../store/search-reader.ts';
import { exactScore } from './exact-score.ts';

/** What is asked of items that came or went. */
export interface FactsWish {
  readonly itemIds: readonly number[];
  /** Of which only the group is wanted. */
  readonly others: readonly number[];
  /** Vectors of the query then and now, of unit length and one model. */
  readonly then: Float32Array;
  readonly now: Float32Array;
  /** Regions with higher numbers came after the result. */
  readonly lastRegion: number;
  /** Best regions of items that were just ranked, where the query is the same as then: a slide has thousands to go through. */
  readonly ranked: ReadonlyMap<number, { readonly regionId: number; readonly score: number }>;
  readonly where: readonly Filter[];
  readonly group: Grouped | null;
}

export interface ItemFacts {
  readonly itemId: number;
  /** By the query of then, best of the regions that were there then; null where there were none. */
  readonly scoreThen: number | null;
  readonly scoreNow: number | null;
  readonly isLate: boolean;
  /** Which of the filters do not let it through. */
  readonly unmet: readonly number[];
  /** Equal for items of one patient, study, series or slide. */
  readonly group: string;
}

export interface Facts {
  readonly items: readonly ItemFacts[];
  /** Of the others, in their order; empty where nothing is grouped. */
  readonly groups: readonly string[];
}

/** Facts of items, on the thread that searches: a slide has thousands of vectors. */
export function itemFacts(db: ReadDb, modelId: number, wish: FactsWish): Facts {
  const facts = savedFactsReader(db, modelId);
  const { groupKey } = searchReader(db, modelId);
  const fitting = wish.where.map((filter) => new Set(facts.fitting(wish.itemIds, filter)));
  const { group } = wish;
  const items = wish.itemIds.map((itemId): ItemFacts => {
    const best = wish.ranked.get(itemId);
    const isKnown = best !== undefined && best.regionId <= wish.lastRegion;
    let scoreThen = isKnown ? best.score : -Infinity;
    let scoreNow = scoreThen;
    for (const { regionId, vector } of isKnown ? [] : facts.vectorsOf(itemId)) {
      scoreNow = Math.max(scoreNow, exactScore(wish.now, vector));
      if (regionId <= wish.lastRegion) scoreThen = Math.max(scoreThen, exactScore(wish.then, vector));
    }
    return {
      itemId,
      scoreThen: Number.isFinite(scoreThen) ? scoreThen : null,
      scoreNow: Number.isFinite(scoreNow) ? scoreNow : null,
      isLate: Number.isFinite(scoreNow) && !Number.isFinite(scoreThen),
      unmet: fitting.flatMap((ids, index) => (ids.has(itemId) ? [] : [index])),
      group: group ? groupKey(group, itemId) : `#${itemId}`,
    };
  });
  return { items, groups: group ? wish.others.map((itemId) => groupKey(group, itemId)) : [] };
}
