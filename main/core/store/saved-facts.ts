import type { Filter } from '../domain/filter.ts';
import type { ReadDb } from './database.ts';
import { filterSql } from './filter-sql.ts';
import type { NewRegion } from './items.ts';

/** What tells a region apart from others of its item. */
export type RegionPlace = Omit<NewRegion, 'preparation'>;

/** What is known of items whose standing in a search has changed; works on any connection. */
export function savedFactsReader(db: ReadDb, modelId: number) {
  const vectors = db.prepare<[number, number], { regionId: number; vector: Uint8Array }>(
    `select e.region_id as regionId, e.vector from region r cross join embedding e on e.region_id = r.id and e.model_id = ?
     where r.item_id = ?`,
  );
  return {
    /** All regions of an item that have a vector. */
    vectorsOf: (itemId: number) => vectors.iterate(modelId, itemId),
    /** Those of these items that the filter lets through. */
    fitting(itemIds: readonly number[], filter: Filter): number[] {
      const { sql, params } = filterSql([filter]);
      return db
        .prepare(`select i.id from json_each(?) given cross join item i on i.id = given.value where ${sql}`)
        .pluck()
        .all(JSON.stringify(itemIds), ...params) as number[];
    },
  };
}

/** Regions by place, for queries that are kept; works on any connection. */
export function regionPlaces(db: ReadDb) {
  const columns = 'kind, frame, level, x, y, w, h, window_name as windowName';
  const placeOf = db.prepare<[number], RegionPlace & { readonly sha256: string }>(
    `select i.sha256, r.* from (select item_id, ${columns} from region where id = ?) r join item i on i.id = r.item_id`,
  );
  const at = db
    .prepare<[object], number>(
      `select r.id from region r join item i on i.id = r.item_id where i.sha256 = @sha256 and r.kind = @kind
         and r.frame = @frame and r.level = @level and r.x = @x and r.y = @y and r.w = @w and r.h = @h
         and r.window_name is @windowName`,
    )
    .pluck();
  return {
    placeOf: (regionId: number): (RegionPlace & { readonly sha256: string }) | undefined =>
      placeOf.get(regionId),
    at: (place: RegionPlace & { readonly sha256: string }): number | null => at.get(place) ?? null,
  };
}
