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
  const count = db.prepare<[], { n: number }>('select count(*) as n from report');
  return {
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
