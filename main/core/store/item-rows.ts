import type { Filter } from '../domain/filter.ts';
import type { ReadDb } from './database.ts';
import { filterSql } from './filter-sql.ts';

/** An item as lists and hits show it, with the file that stands for it. */
export interface ItemRow {
  readonly itemId: number;
  readonly kind: 'image' | 'dicom' | 'slide';
  readonly sha256: string;
  readonly path: string;
  readonly source: string;
  readonly state: 'ok' | 'stale' | 'missing' | 'quarantined';
  readonly thumb: string | null;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly frames: number;
  readonly modality: string | null;
  readonly bodyPart: string | null;
  readonly patient: string | null;
  readonly study: string | null;
  readonly series: string | null;
  /** JSON array. */
  readonly tags: string;
}

export const itemSelect = `
  select i.id as itemId, i.kind, i.sha256, coalesce(f.path, '') as path, coalesce(s.root, '') as source,
    case when f.state = 'ok' then 'ok' when f.state = 'stale' then 'stale'
         when f.state = 'quarantined' then 'quarantined' else 'missing' end as state,
    i.thumb, i.width_px as widthPx, i.height_px as heightPx, i.frames, i.modality, i.body_part as bodyPart,
    i.patient_key as patient, i.study_key as study, i.series_key as series,
    (select json_group_array(tag) from tag where item_id = i.id) as tags
  from item i
  left join file f on f.id = (
    select j.file_id from item_file j join file c on c.id = j.file_id
    where j.item_id = i.id order by c.state <> 'ok', c.id limit 1)
  left join source s on s.id = f.source_id`;

/** Reading items in lists; works on any connection. */
export function itemRows(db: ReadDb) {
  const byId = db.prepare<[number], ItemRow>(`${itemSelect} where i.id = ?`);

  function countWithin(where: readonly Filter[]): number {
    const { sql, params } = filterSql(where);
    return db
      .prepare(`select count(*) from item i where ${sql}`)
      .pluck()
      .get(...params) as number;
  }

  return {
    countWithin,
    get: (itemId: number): ItemRow | undefined => byId.get(itemId),

    list(where: readonly Filter[], offset: number, limit: number): { rows: ItemRow[]; total: number } {
      const { sql, params } = filterSql(where);
      const rows = db
        .prepare(`${itemSelect} where ${sql} order by i.id limit ? offset ?`)
        .all(...params, limit, offset) as ItemRow[];
      return { rows, total: countWithin(where) };
    },

    ids(where: readonly Filter[]): number[] {
      const { sql, params } = filterSql(where);
      return db
        .prepare(`select i.id from item i where ${sql} order by i.id`)
        .pluck()
        .all(...params) as number[];
    },

    /** Values of a column or of the tags with counts, most frequent first, at most 50. */
    facet(name: FacetName, where: readonly Filter[]): { value: string; count: number }[] {
      const { sql, params } = filterSql(where);
      return db.prepare(facetSql[name](sql)).all(...params) as { value: string; count: number }[];
    },
  };
}

const byColumn = (column: string) => (where: string) =>
  `select ${column} as value, count(*) as count from item i where ${column} is not null and ${where}
   group by 1 order by 2 desc, 1 limit 50`;

const facetSql = {
  kind: byColumn('i.kind'),
  modality: byColumn('i.modality'),
  bodyPart: byColumn('i.body_part'),
  stain: byColumn('i.stain'),
  tag: (where: string) =>
    `select t.tag as value, count(*) as count from tag t join item i on i.id = t.item_id where ${where}
     group by 1 order by 2 desc, 1 limit 50`,
  source: (where: string) =>
    `select s.root as value, count(distinct i.id) as count from item i join item_file j on j.item_id = i.id
     join file f on f.id = j.file_id join source s on s.id = f.source_id where ${where}
     group by 1 order by 2 desc, 1 limit 50`,
} as const satisfies Record<string, (where: string) => string>;

export type FacetName = keyof typeof facetSql;
