import type { WriteDb } from './database.ts';

/** Words that a person puts on items. */
export function tagStore(db: WriteDb) {
  const insert = db.prepare<[number, string]>(
    // `where true`, as SQLite else takes the conflict clause for a join's.
    `insert into tag (item_id, tag) select i.id, given.tag from (select ? as id, ? as tag) given
     join item i on i.id = given.id where true on conflict do nothing`,
  );
  const remove = db.prepare<[number, string]>('delete from tag where item_id = ? and tag = ?');
  const list = db.prepare<[], { tag: string; items: number }>(
    'select tag, count(*) as items from tag group by tag order by tag collate nocase',
  );
  const each =
    (statement: typeof insert) =>
    <Id extends number>(itemIds: readonly Id[], tag: string): Id[] =>
      db.transaction(() => itemIds.filter((itemId) => statement.run(itemId, tag).changes > 0))();
  return {
    list: () => list.all(),
    /** Returns the items that did not have it before. */
    apply: each(insert),
    /** Returns the items that had it. */
    remove: each(remove),
  };
}
export type TagStore = ReturnType<typeof tagStore>;
