import type { Why } from '../../../../preload/contract/search.ts';
import { fuseRanks } from '../../domain/fusion.ts';
import { firstOfEach, type RankedRegion } from '../../domain/ranking.ts';
import type { WordsRanking } from '../../store/words-ranking.ts';
import type { RankWish } from './rank.ts';

/** An item in the order of an answer. */
export interface Placed {
  readonly itemId: number;
  /** Its best region, where the order by meaning has come upon it. */
  readonly region: RankedRegion | null;
  readonly why: Why | null;
}

/** Both lists are fused so deep; what only the order by meaning has below follows as it is. */
export const FUSED_DEPTH = 1000;
const GROWTH = 4;

/**
 * The first `depth` places of the order by meaning and the order by words together. It is the same order for every
 * depth, so a page is a piece of a longer list.
 *
 * @param meaningTo - the first so many by meaning, complete; fewer only when there are no more.
 */
export function fusedOrder(
  meaningTo: (depth: number) => readonly RankedRegion[],
  words: WordsRanking,
  depth: number,
  groups: RankWish['groups'],
): Placed[] {
  for (let deep = Math.max(FUSED_DEPTH, depth); ; deep *= GROWTH) {
    const meaning = meaningTo(deep);
    const order = firstOfGroups(fused(meaning, words), groups);
    if (order.length >= depth || meaning.length < deep) return order.slice(0, depth);
  }
}

/** All that have words, best first. */
export function wordsOrder(words: WordsRanking, groups: RankWish['groups']): Placed[] {
  const order = words.best(words.count).map(({ itemId, found }, at) => ({
    itemId,
    region: null,
    why: { meaningRank: null, wordsRank: at + 1, found: [...found] },
  }));
  return firstOfGroups(order, groups);
}

function fused(meaning: readonly RankedRegion[], words: WordsRanking): Placed[] {
  const regions = new Map(meaning.map((region) => [region.itemId, region]));
  const idsOf = (list: readonly { readonly itemId: number }[]) => list.map(({ itemId }) => itemId);
  const top = fuseRanks([idsOf(meaning.slice(0, FUSED_DEPTH)), idsOf(words.best(FUSED_DEPTH))]);
  const inTop = new Set(top.map(({ id }) => id));
  const placed = (itemId: number, meaningRank: number | null, wordsRank: number | null): Placed => ({
    itemId,
    region: regions.get(itemId) ?? null,
    why: { meaningRank, wordsRank, found: words.found(itemId) },
  });
  const below = meaning.flatMap(({ itemId }, at) =>
    inTop.has(itemId) ? [] : [placed(itemId, at + 1, null)],
  );
  return [
    ...top.map(({ id, ranks: [byMeaning = null, byWords = null] }) => placed(id, byMeaning, byWords)),
    ...below,
  ];
}

function firstOfGroups(order: readonly Placed[], groups: RankWish['groups']): Placed[] {
  return groups ? firstOfEach(order, ({ itemId }) => groups.keyOf(itemId), groups.most) : [...order];
}
