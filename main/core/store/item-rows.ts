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
  const byIds = db.prepare<[string], ItemRow>(`${itemSelect} where i.id in (select value from json_each(?))`);

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
    /** Those of these items that are there, by id: a hundred in the time of four that are read one by one. */
    some: (itemIds: readonly number[]): Map<number, ItemRow> =>
      new Map(byIds.all(JSON.stringify(itemIds)).map((row) => [row.itemId, row])),

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

    /** Values of columns, tags or sources with counts, each most frequent first, at most 50. */
    facets(names: readonly FacetName[], where: readonly Filter[]): Map<FacetName, FacetValue[]> {
      const { sql, params } = filterSql(where);
      // A filter is tried once for all of them; without one, columns are counted by their indexes.
      const how = where.length > 0 ? 'materialized' : 'not materialized';
      const rows = db
        .prepare(
          `with fit as ${how} (
             select i.id, i.kind, i.modality, i.body_part, i.stain from item i where ${sql})
           ${names.map((name) => `select * from (${facetSql[name]})`).join(' union all ')}`,
        )
        .all(...params) as (FacetValue & { readonly name: FacetName })[];
      const found = new Map(names.map((name): [FacetName, FacetValue[]] => [name, []]));
      for (const { name, value, count } of rows) found.get(name)?.push({ value, count });
      return found;
    },
  };
}

export interface FacetValue {
  readonly value: string;
  readonly count: number;
}

const MOST_VALUES = 'order by count desc, value limit 50';
const byColumn = (name: string, column: string) =>
  `select '${name}' as name, ${column} as value, count(*) as count from fit
   where ${column} is not null group by value ${MOST_VALUES}`;

const facetSql = {
  kind: byColumn('kind', 'kind'),
  modality: byColumn('modality', 'modality'),
  bodyPart: byColumn('bodyPart', 'body_part'),
  stain: byColumn('stain', 'stain'),
  tag: `select 'tag' as name, t.tag as value, count(*) as count from tag t join fit on fit.id = t.item_id
    group by value ${MOST_VALUES}`,
  source: `select 'source' as name, s.root as value, count(distinct fit.id) as count
    from fit join item_file j on j.item_id = fit.id join file f on f.id = j.file_id
    join source s on s.id = f.source_id group by value ${MOST_VALUES}`,
} as const;

export type FacetName = keyof typeof facetSql;
