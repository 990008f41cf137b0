import type { Filter } from '../domain/filter.ts';
import { select } from '../domain/selection.ts';
import type { ReadDb } from './database.ts';
import { filterSql } from './filter-sql.ts';
import { rankedWords } from './words-query.ts';

export interface WordsHit {
  readonly itemId: number;
  /** Sum of bm25 over its attributes, captions and reports that have the words; higher is closer. */
  readonly score: number;
  /** Words of the query that it has, as they were written. */
  readonly found: readonly string[];
}

/** Items that have words of a text. In columns, because a common word stands in every item of a large archive. */
export interface WordsRanking {
  readonly count: number;
  /** The best so many, best first; equal ones by id. */
  best(count: number): WordsHit[];
  /** Words that an item has, as they were written. */
  found(itemId: number): string[];
}

export const NO_WORDS: WordsRanking = { count: 0, best: () => [], found: () => [] };

export interface WordsWish {
  readonly text: string;
  readonly where: readonly Filter[];
  /** Items with a vector that the filters leave, where they are known already. */
  readonly items: { has(itemId: number): boolean } | null;
  /** Items that take no part. */
  readonly own: ReadonlySet<number>;
  /** Called again and again; what it throws ends the search for words. */
  readonly goOn: () => void;
}

/** Rows between two questions whether to go on. */
const ROWS_AT_ONCE = 4096;

/**
 * Items whose attributes, captions or reports have a word of the text. Only items with a vector: what is found by words
 * has a place in the order by meaning, too.
 *
 * @param embedded - SQL over `item i` that is true for those.
 * @see https://www.sqlite.org/fts5.html#the_bm25_function
 */
export function wordsRanking(db: ReadDb, embedded: string, wish: WordsWish): WordsRanking {
  const { text, where, items, own, goOn } = wish;
  const { sql, params } = filterSql(where);
  const within = items ? '' : `cross join item i on i.id = w.item_id and ${embedded} and ${sql}`;
  // bm25 of several words is the sum over them, so one at a time loses nothing and says which were found.
  const one = db
    .prepare(
      `select w.item_id, words.rank from words cross join item_words w on w.id = words.rowid ${within} where words match ?`,
    )
    .raw();
  const words = rankedWords(text);
  const largest = db.prepare('select coalesce(max(id), 0) from item').pluck().get() as number;
  const scoreOf = new Float64Array(largest + 1);
  /** One bit per word, by item. */
  const bitsOf = new Uint32Array(largest + 1);
  let rows = 0;
  for (const [at, { query }] of words.entries())
    for (const row of one.iterate(...(items ? [] : params), query)) {
      if (rows++ % ROWS_AT_ONCE === 0) goOn();
      const [itemId, score] = row as [number, number];
      if (own.has(itemId) || (items && !items.has(itemId))) continue;
      // SQLite counts downwards, so that its smallest is the best.
      scoreOf[itemId] = (scoreOf[itemId] as number) - score;
      bitsOf[itemId] = (bitsOf[itemId] as number) | (1 << at);
    }
  return ranking(
    words.map(({ word }) => word),
    scoreOf,
    bitsOf,
  );
}

function ranking(words: readonly string[], scoreOf: Float64Array, bitsOf: Uint32Array): WordsRanking {
  const itemIds = new Int32Array(bitsOf.length)
    .map((_, itemId) => itemId)
    .filter((itemId) => bitsOf[itemId] !== 0);
  const scores = Float64Array.from(itemIds, (itemId) => scoreOf[itemId] as number);
  const bits = Uint32Array.from(itemIds, (itemId) => bitsOf[itemId] as number);
  const foundAt = (place: number): string[] =>
    words.filter((_, word) => (((bits[place] as number) >>> word) & 1) === 1);

  return {
    count: itemIds.length,
    best(count) {
      const least =
        count < scores.length && count > 0 ? select(scores.slice(), scores.length - count) : -Infinity;
      const places = Int32Array.from(itemIds.keys())
        .filter((place) => (scores[place] as number) >= least)
        .sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)
        .subarray(0, count);
      return Array.from(places, (place) => ({
        itemId: itemIds[place] as number,
        score: scores[place] as number,
        found: foundAt(place),
      }));
    },
    found(itemId) {
      const place = placeIn(itemIds, itemId);
      return place < 0 ? [] : foundAt(place);
    },
  };
}

/** Place of a value in ascending ones; -1 where it is not among them. */
function placeIn(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value ? low : -1;
}
