import type { Filter } from '../domain/filter.ts';
import { generationOf } from './settings.ts';
import type { ReadDb } from './database.ts';
import { filterSql } from './filter-sql.ts';
import { itemRows } from './item-rows.ts';
import { type RegionRow, regionColumns } from './items.ts';
import { vectorReader } from './vectors.ts';
import { type WordsRanking, type WordsWish, wordsRanking } from './words-ranking.ts';

/** What the best of an answer can be picked of, one each. */
export type Grouped = 'patient' | 'study' | 'series' | 'slide';

const groupColumns = {
  patient: 'i.patient_key',
  study: 'i.study_key',
  series: 'i.series_key',
  slide: 'i.slide_key',
} as const satisfies Record<Grouped, string>;

/** An item of an unknown patient is a group of its own: nothing says that two of them belong together. */
const groupKey = (group: Grouped) => `coalesce(${groupColumns[group]}, '#' || i.id)`;

// `cross join` fixes the order of the loops: without statistics the planner would walk through all vectors of a model
// to find those of one item.

/** What a search reads of an archive, for one model; works on any connection. */
export function searchReader(db: ReadDb, modelId: number) {
  const embedded = `exists (select 1 from region r cross join embedding e on e.region_id = r.id and e.model_id = ${Math.trunc(modelId)}
    where r.item_id = i.id)`;
  const regionsOfItem = db
    .prepare<[number, number], number>(
      `select e.region_id from region r cross join embedding e on e.region_id = r.id and e.model_id = ?
       where r.item_id = ?`,
    )
    .pluck();
  const region = db.prepare<[number], RegionRow>(`select ${regionColumns} from region r where r.id = ?`);
  const itemIds = db.prepare<[], number>('select id from item').pluck();
  const lastRegion = db.prepare<[], number>('select coalesce(max(id), 0) from region').pluck();
  const existing = db
    .prepare<[string], number>('select i.id from json_each(?) given cross join item i on i.id = given.value')
    .pluck();
  const keys = {
    patient: db.prepare<[number], string>(`select ${groupKey('patient')} from item i where i.id = ?`).pluck(),
    study: db.prepare<[number], string>(`select ${groupKey('study')} from item i where i.id = ?`).pluck(),
    series: db.prepare<[number], string>(`select ${groupKey('series')} from item i where i.id = ?`).pluck(),
    slide: db.prepare<[number], string>(`select ${groupKey('slide')} from item i where i.id = ?`).pluck(),
  };

  const countRegions = db.prepare<[], number>('select count(*) from region').pluck();
  const itemsWithRegions = db
    .prepare<[], number>('select count(*) from (select distinct item_id from region)')
    .pluck();
  const hasRegions = db
    .prepare<[number], number>('select exists (select 1 from region where item_id = ?)')
    .pluck();
  const vectors = vectorReader(db, modelId);
  /** Mostly so, and quickly known: then items need not be looked up one by one. */
  const allEmbedded = () => countRegions.get() === vectors.count();

  return {
    vectors,
    items: itemRows(db),
    region: (regionId: number): RegionRow | undefined => region.get(regionId),
    /** Changes when another connection has written. */
    dataVersion: (): number => db.pragma('data_version', { simple: true }) as number,
    generation: (): number => generationOf(db),
    /** Everything that `work` reads is of one moment. */
    atOneMoment: <T>(work: () => T): T => db.transaction(work)(),
    itemIds: (): number[] => itemIds.all(),
    /** The highest number that a region has. */
    lastRegion: (): number => lastRegion.get() ?? 0,
    /** Those of these items that are there, in the same order. */
    existing: (ids: readonly number[]): number[] => existing.all(JSON.stringify(ids)),
    /** Regions of an item that have a vector. */
    regionsOfItem: (itemId: number): number[] => regionsOfItem.all(modelId, itemId),
    groupKey: (group: Grouped, itemId: number): string => keys[group].get(itemId) ?? `#${itemId}`,

    /** These items and all of the same patient, study or slide. */
    sharing: (group: Grouped, itemIds: readonly number[]): number[] =>
      db
        .prepare(
          `with own as (select value as id from json_each(?))
           select id from own union
           select i.id from item i where ${groupColumns[group]} in (
             select ${groupColumns[group]} from item i join own on own.id = i.id)`,
        )
        .pluck()
        .all(JSON.stringify(itemIds)) as number[],

    /** Regions with a vector whose item fits the filter, by id. */
    regionsWithin(where: readonly Filter[]): number[] {
      const { sql, params } = filterSql(where);
      return db
        .prepare(
          `select e.region_id from item i cross join region r on r.item_id = i.id
           join embedding e on e.region_id = r.id and e.model_id = ? where ${sql} order by 1`,
        )
        .pluck()
        .all(modelId, ...params) as number[];
    },

    /** Items that have words of the text. @throws what `goOn` throws */
    byWords: (wish: WordsWish): WordsRanking => wordsRanking(db, embedded, wish),

    /** How many items, or groups of them, a search can find: those with a vector, without the query's own. */
    countRankable(
      where: readonly Filter[],
      group: { readonly by: Grouped; readonly most: number } | null,
      own: readonly number[],
    ): number {
      const { sql, params } = filterSql(where);
      if (where.length === 0 && !group && allEmbedded())
        return (itemsWithRegions.get() ?? 0) - own.filter((itemId) => hasRegions.get(itemId) === 1).length;
      if (group)
        return db
          .prepare(
            `select coalesce(sum(min(?, n)), 0) from (select count(*) as n from item i where ${embedded} and ${sql}
               and i.id not in (select value from json_each(?)) group by ${groupKey(group.by)})`,
          )
          .pluck()
          .get(group.most, ...params, JSON.stringify(own)) as number;
      return db
        .prepare(
          `select count(*) from item i where ${embedded} and ${sql}
             and i.id not in (select value from json_each(?))`,
        )
        .pluck()
        .get(...params, JSON.stringify(own)) as number;
    },
  };
}
export type SearchReader = ReturnType<typeof searchReader>;
