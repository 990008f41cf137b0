import { shuffleKey } from '../domain/ranking.ts';
import type { ReadDb } from './database.ts';

const SAMPLE_ITEMS = 400;

/**
 * What made the pictures: the model where a header names it, else the manufacturer. Works on any connection.
 *
 * An item whose header names neither shares its scanner with nothing.
 */
export function scannerReader(db: ReadDb) {
  const named = (item: string) => `(select n.text from attribute n
    where n.item_id = ${item} and n.name in ('manufacturerModel', 'manufacturer') and n.text is not null
    order by n.name = 'manufacturer', n.origin <> 'header' limit 1)`;
  const of = db.prepare<[number], string | null>(`select ${named('?')}`).pluck();
  const ofItem = db.prepare<[number], { name: string | null }>(
    `select ${named('i.id')} as name from item i where i.id = ?`,
  );
  const lastItem = db.prepare<[], number>('select coalesce(max(id), 0) from item').pluck();
  const sharing = db
    .prepare<[string], number>(
      `with own as (select value as id from json_each(?)),
         maker as (select distinct ${named('own.id')} as text from own)
       select id from own union
       select a.item_id from maker cross join attribute a
         on a.name in ('manufacturerModel', 'manufacturer') and a.text = maker.text
       where ${named('a.item_id')} = maker.text`,
    )
    .pluck();
  return {
    of: (itemId: number): string | null => of.get(itemId) ?? null,
    /**
     * Share of the archive's items that come from it, from 0 to 1: of a few hundred, always the same ones, because
     * counting a million takes longer than a search. Its standard error is at most 0.03.
     */
    share(scanner: string): number {
      const last = lastItem.get() ?? 0;
      const places = Array.from({ length: Math.min(SAMPLE_ITEMS, last) }, (_, at) => at);
      const ids =
        last <= SAMPLE_ITEMS ? places.map((at) => at + 1) : places.map((at) => (shuffleKey(at) % last) + 1);
      const looked = ids.flatMap((id) => ofItem.get(id) ?? []);
      return looked.filter(({ name }) => name === scanner).length / Math.max(1, looked.length);
    },
    /** These items and all of the same scanners. */
    sharing: (itemIds: readonly number[]): number[] => sharing.all(JSON.stringify(itemIds)),
  };
}
export type Scanners = ReturnType<typeof scannerReader>;
