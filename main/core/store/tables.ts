import type { WriteDb } from './database.ts';
import type { Attribute } from './items.ts';

export interface JoinableFile {
  readonly fileId: number;
  readonly itemId: number;
  readonly path: string;
  readonly root: string;
  /** Keyed hash of the SOP Instance UID; null for what is no DICOM. */
  readonly instance: string | null;
  readonly sha256: string;
}

/** What tables beside the pictures bring to items. */
export function tableStore(db: WriteDb) {
  const files = db.prepare<[number, number], JoinableFile>(
    `select f.id as fileId, j.item_id as itemId, f.path, s.root, i.sha256,
       (select a.text from attribute a
        where a.item_id = i.id and a.name = 'instanceKey' and a.origin = 'header') as instance
     from file f join item_file j on j.file_id = f.id join item i on i.id = j.item_id
     join source s on s.id = f.source_id where f.id > ? order by f.id limit ?`,
  );
  const clear = db.prepare<[number, string]>('delete from attribute where item_id = ? and origin = ?');
  const insert = db.prepare<[number, string, string | null, number | null, string | null, string]>(
    'insert or replace into attribute (item_id, name, text, number, unit, origin) values (?, ?, ?, ?, ?, ?)',
  );
  const setPatient = db.prepare<[string, number]>(
    'update item set patient_key = ? where id = ? and patient_key is null',
  );
  const begin = db
    .prepare<[string, string], number>(
      `insert into joined_table (place, origin) values (?, ?)
       on conflict (place) do update set origin = excluded.origin returning id`,
    )
    .pluck();
  const addItem = db.prepare<[number, number]>(
    'insert or ignore into joined_item (table_id, item_id) values (?, ?)',
  );
  const items = db
    .prepare<[number, number, number], number>(
      'select item_id from joined_item where table_id = ? and item_id > ? order by item_id limit ?',
    )
    .pluck();
  const dropItem = db.prepare<[number, number]>('delete from joined_item where table_id = ? and item_id = ?');
  const hasOrigin = db
    .prepare<[string, number], number>(
      `select exists (select 1 from joined_item j join joined_table t on t.id = j.table_id and t.origin = ?
       where j.item_id = ?)`,
    )
    .pluck();
  return {
    /** A table that is joined from where it lies. @param place - keyed hash of that. @returns its number. */
    begin: (place: string, origin: string): number => begin.get(place, origin) ?? 0,
    /** The table says something of the item. */
    addItem: (tableId: number, itemId: number): void => void addItem.run(tableId, itemId),
    /** Of which it has said something, in the order of their numbers. */
    itemsOf: (tableId: number, after: number, limit: number): number[] => items.all(tableId, after, limit),
    /** It says nothing of the item any more. @returns whether another table of this origin does. */
    dropItem(tableId: number, itemId: number, origin: string): boolean {
      dropItem.run(tableId, itemId);
      return hasOrigin.get(origin, itemId) === 1;
    },
    filesAfter: (fileId: number, limit: number) => files.all(fileId, limit),
    /** Replaces what the same table brought before. */
    setAttributes(itemId: number, origin: string, attributes: readonly Attribute[]): void {
      clear.run(itemId, origin);
      for (const { name, text, number, unit } of attributes)
        insert.run(itemId, name, text ?? null, number ?? null, unit ?? null, origin);
    },
    /** Where the file itself did not say whose it is. */
    setPatient: (itemId: number, key: string): void => void setPatient.run(key, itemId),
  };
}
export type TableStore = ReturnType<typeof tableStore>;
