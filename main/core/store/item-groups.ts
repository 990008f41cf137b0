import type { ReadDb } from './database.ts';

export interface ItemGroups {
  readonly itemId: number;
  readonly patient: string | null;
  readonly modality: string | null;
  /** Root of the source it was first found in; null when none of its files is there. */
  readonly source: string | null;
}

/** What figures of many items are split by; works on any connection. */
export const itemGroups = (db: ReadDb): ItemGroups[] =>
  db
    .prepare<[], ItemGroups>(
      `select i.id as itemId, i.patient_key as patient, i.modality,
         (select s.root from item_file j join file f on f.id = j.file_id join source s on s.id = f.source_id
          where j.item_id = i.id order by f.id limit 1) as source
       from item i order by i.id`,
    )
    .all();
