import type { ReadDb, WriteDb } from './database.ts';

export interface NewReport {
  readonly kind: 'caption' | 'report';
  /** Name of the table it came with. */
  readonly origin: string;
  readonly text: string;
}

export interface ReportRow extends NewReport {
  readonly reportId: number;
}

/** Captions and report texts of items, as tables beside the files brought them. */
export function reportStore(db: WriteDb) {
  const upsert = db.prepare<[number, string, string, string]>(
    `insert into report (item_id, kind, origin, text) values (?, ?, ?, ?)
     on conflict (item_id, kind, origin) do update set text = excluded.text`,
  );
  const ofItem = db.prepare<[number], ReportRow>(
    'select id as reportId, kind, origin, text from report where item_id = ? order by kind, origin',
  );
  // Of one table: its own, and those of several columns of prose, each under its name.
  const dropOthers = db.prepare<[object]>(
    `delete from report where item_id = @itemId
       and (origin = @table or substr(origin, 1, length(@table) + 2) = @table || ': ')
       and kind || ' ' || origin not in (select value from json_each(@kept))`,
  );
  const count = db.prepare<[], { n: number }>('select count(*) as n from report');
  return {
    /** Replaces what the same table brought before; what is as it was keeps its vectors. @param origin - of the table. */
    replace(itemId: number, origin: string, reports: readonly NewReport[]): void {
      const kept = JSON.stringify(reports.map((one) => `${one.kind} ${one.origin}`));
      dropOthers.run({ itemId, table: origin, kept });
      for (const one of reports) upsert.run(itemId, one.kind, one.origin, one.text);
    },
    set: (itemId: number, { kind, origin, text }: NewReport): void =>
      void upsert.run(itemId, kind, origin, text),
    ofItem: (itemId: number): ReportRow[] => ofItem.all(itemId),
    count: (): number => count.get()?.n ?? 0,
  };
}
export type ReportStore = ReturnType<typeof reportStore>;

/** Every text of these kinds with the item it came with, oldest first; works on any connection. */
export const reportTexts = (db: ReadDb, kinds: readonly ReportRow['kind'][]) =>
  db
    .prepare<[string], { itemId: number; text: string }>(
      `select item_id as itemId, text from report where kind in (select value from json_each(?))
       and length(trim(text)) > 0 order by id`,
    )
    .all(JSON.stringify(kinds));
