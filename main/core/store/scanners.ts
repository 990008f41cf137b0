import type { ReadDb } from './database.ts';

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
  const count = db
    .prepare<[string], number>(
      `select count(distinct item_id) from attribute
       where name in ('manufacturerModel', 'manufacturer') and text = ?`,
    )
    .pluck();
  const items = db.prepare<[], number>('select count(*) from item').pluck();
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
    /** Share of the archive's items that name it, from 0 to 1. */
    share: (scanner: string): number => (count.get(scanner) ?? 0) / Math.max(1, items.get() ?? 0),
    /** These items and all of the same scanners. */
    sharing: (itemIds: readonly number[]): number[] => sharing.all(JSON.stringify(itemIds)),
  };
}
export type Scanners = ReturnType<typeof scannerReader>;
