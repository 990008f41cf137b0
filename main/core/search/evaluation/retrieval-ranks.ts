import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SearchReader } from '../../store/search-reader.ts';
import { toFloats } from '../../store/vectors.ts';
import { scanFloats } from '../../vectors/scan-rows.ts';

export interface RanksWish {
  /** One unit vector per text, row after row. */
  readonly texts: Float32Array;
  /** Items that each text is right about; at least one. */
  readonly right: readonly (readonly number[])[];
}

export interface PlacedItem {
  readonly itemId: number;
  readonly rank: number;
}

export interface Ranks {
  /** For each text its right items with their places among all items, from 1, ascending. */
  readonly ofTexts: readonly (readonly PlacedItem[])[];
  /** For each item that some text is right about, the places of its texts among all texts. */
  readonly ofItems: readonly { readonly itemId: number; readonly ranks: readonly number[] }[];
  /** Items that were ranked. */
  readonly items: number;
}

const ROWS_PER_TURN = 4096;
/** Scores of so many texts with all items are in memory at a time. */
const MOST_SCORES = 50_000_000;

/**
 * Places of what is right, in the same order that a search has: score, then item (or text) as it comes. An item scores
 * what its best region does.
 *
 * @param goOn - called again and again; what it throws ends the work.
 */
export async function retrievalRanks(
  reader: SearchReader,
  dimensions: number,
  wish: RanksWish,
  goOn: () => void,
): Promise<Ranks> {
  const { itemIds, regions } = itemsAndRegions(reader);
  const placeOf = new Map(itemIds.map((itemId, place) => [itemId, place]));
  const asked = [...new Set(wish.right.flat())].filter((itemId) => placeOf.has(itemId));
  const itemScores = new Map(asked.map((itemId) => [itemId, new Float32Array(wish.right.length)]));
  const ofTexts: PlacedItem[][] = [];
  const atOnce = Math.max(1, Math.floor(MOST_SCORES / Math.max(1, itemIds.length)));
  for (let from = 0; from < wish.right.length; from += atOnce) {
    const to = Math.min(from + atOnce, wish.right.length);
    const texts = Array.from({ length: to - from }, (_, index) =>
      wish.texts.slice((from + index) * dimensions, (from + index + 1) * dimensions),
    );
    const scores = await scoresOf(reader, dimensions, texts, regions, itemIds.length, goOn);
    for (const [index, row] of scores.entries()) {
      const places = (wish.right[from + index] ?? []).flatMap((itemId) => placeOf.get(itemId) ?? []);
      const ranks = ranksIn(row, places);
      ofTexts.push(
        places
          .map((place, at) => ({ itemId: itemIds[place] as number, rank: ranks[at] as number }))
          .sort((a, b) => a.rank - b.rank),
      );
      for (const itemId of asked) {
        const own = itemScores.get(itemId);
        if (own) own[from + index] = row[placeOf.get(itemId) as number] as number;
      }
      if (index % 16 !== 0) continue;
      goOn();
      await nextTurn();
    }
  }
  const textsOf = new Map<number, number[]>(asked.map((itemId) => [itemId, []]));
  wish.right.forEach((items, text) => items.forEach((itemId) => textsOf.get(itemId)?.push(text)));
  const ofItems = asked.map((itemId) => {
    const row = itemScores.get(itemId) as Float32Array;
    return {
      itemId,
      ranks: ranksIn(row, textsOf.get(itemId) ?? []).sort((a, b) => a - b),
    };
  });
  return { ofTexts, ofItems, items: itemIds.length };
}

export interface RegionOfItem {
  readonly regionId: number;
  /** Of the item in the list of items. */
  readonly place: number;
}

export interface ItemsAndRegions {
  /** Ascending. */
  readonly itemIds: readonly number[];
  readonly regions: readonly RegionOfItem[];
}

/** Items that have a vector, by id, and their regions. */
export function itemsAndRegions(reader: SearchReader): ItemsAndRegions {
  const itemIds: number[] = [];
  const regions: RegionOfItem[] = [];
  for (const itemId of reader.itemIds().sort((a, b) => a - b)) {
    const own = reader.regionsOfItem(itemId);
    if (own.length === 0) continue;
    for (const regionId of own) regions.push({ regionId, place: itemIds.length });
    itemIds.push(itemId);
  }
  return { itemIds, regions };
}

/** For each of some vectors what every item scores: the best of its regions. @throws what `goOn` throws */
export async function scoresOf(
  reader: SearchReader,
  dimensions: number,
  texts: readonly Float32Array[],
  regions: readonly RegionOfItem[],
  items: number,
  goOn: () => void,
): Promise<Float32Array[]> {
  const best = texts.map(() => new Float32Array(items).fill(-Infinity));
  for (let from = 0; from < regions.length; from += ROWS_PER_TURN) {
    goOn();
    const part = regions.slice(from, from + ROWS_PER_TURN);
    const rows = new Float32Array(part.length * dimensions);
    part.forEach(({ regionId }, index) => {
      const vector = reader.vectors.vector(regionId);
      if (vector) rows.set(toFloats(vector), index * dimensions);
    });
    for (const [text, vector] of texts.entries()) {
      const scores = scanFloats(vector, rows);
      const row = best[text] as Float32Array;
      part.forEach(({ place }, index) => {
        row[place] = Math.max(row[place] as number, scores[index] as number);
      });
      if (text % 16 === 15) await nextTurn();
    }
    await nextTurn();
  }
  return best;
}

/** So many are worth sorting all scores for. */
const WORTH_SORTING = 16;

/** The ranks of these places among all scores, from 1: by score, then by place. */
export function ranksIn(scores: Float32Array, places: readonly number[]): number[] {
  if (places.length < WORTH_SORTING) return places.map((place) => rankIn(scores, place));
  const order = scores.toSorted();
  return places.map((place) => {
    const score = scores[place] as number;
    const above = order.length - firstAfter(order, score);
    const isAlone = order[order.length - above - 2] !== score;
    return isAlone ? above + 1 : rankIn(scores, place);
  });
}

/** How many of sorted values are at most this. */
function firstAfter(sorted: Float32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rankIn(scores: Float32Array, place: number): number {
  const score = scores[place] as number;
  let rank = 1;
  for (let other = 0; other < scores.length; other += 1)
    if ((scores[other] as number) > score || ((scores[other] as number) === score && other < place))
      rank += 1;
  return rank;
}
