import type { Filter } from '../domain/filter.ts';
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

/**
 * Items whose attributes, captions or reports have a word of the text, best first; equal ones by id. Only items with a
 * vector: what is found by words has a place in the order by meaning, too.
 *
 * @param embedded - SQL over `item i` that is true for those.
 * @see https://www.sqlite.org/fts5.html#the_bm25_function
 */
export function wordsRanking(
  db: ReadDb,
  embedded: string,
  text: string,
  where: readonly Filter[],
): WordsHit[] {
  const { sql, params } = filterSql(where);
  // bm25 of several words is the sum over them, so one at a time loses nothing and says which were found.
  const one = db.prepare(
    `select w.item_id as itemId, sum(words.rank) as score
     from words cross join item_words w on w.id = words.rowid cross join item i on i.id = w.item_id
     where words match ? and ${embedded} and ${sql} group by w.item_id`,
  );
  const hits = new Map<number, { score: number; found: string[] }>();
  for (const { word, query } of rankedWords(text))
    for (const row of one.iterate(query, ...params)) {
      const { itemId, score } = row as { itemId: number; score: number };
      const hit = hits.get(itemId) ?? { score: 0, found: [] };
      // SQLite counts downwards, so that its smallest is the best.
      hit.score -= score;
      hit.found.push(word);
      hits.set(itemId, hit);
    }
  return Array.from(hits, ([itemId, hit]) => ({ itemId, ...hit })).sort(
    (a, b) => b.score - a.score || a.itemId - b.itemId,
  );
}
