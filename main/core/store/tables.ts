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
  return {
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
