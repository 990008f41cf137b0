import { quantise } from '../domain/vector.ts';
import type { ReadDb, WriteDb } from './database.ts';

export interface ModelRow {
  readonly id: number;
  readonly bundleId: string;
  readonly identity: string;
  readonly dimensions: number;
}

export interface NewModel {
  readonly bundleId: string;
  /** Model files and preprocessing: vectors are comparable exactly when this is equal. */
  readonly identity: string;
  readonly dimensions: number;
  readonly preprocessing: string;
}

/** How far a stored vector's length may be from 1. */
const LENGTH_TOLERANCE = 1e-3;

/** Models and the embeddings made with them: the float32 truth and its int8 copy in one `vec0` table per model. */
export function vectorStore(db: WriteDb) {
  const byIdentity = db.prepare<[string], ModelRow>(
    'select id, bundle_id as bundleId, identity, dimensions from model where identity = ?',
  );
  const insertModel = db.prepare<[string, string, number, string, string], { id: number }>(
    `insert into model (bundle_id, identity, dimensions, preprocessing, added_at) values (?, ?, ?, ?, ?) returning id`,
  );
  const insertUse = db.prepare<[number, string]>('insert into model_use (model_id, at) values (?, ?)');
  const uses = db.prepare<[], { at: string; modelId: string; identity: string }>(
    `select u.at, m.bundle_id as modelId, m.identity from model_use u join model m on m.id = u.model_id order by u.id desc`,
  );
  const insertVector = db.prepare<[number, number, Float32Array]>(
    'insert into embedding (model_id, region_id, vector) values (?, ?, ?)',
  );
  const deleteVector = db.prepare<[number, number]>(
    'delete from embedding where model_id = ? and region_id = ?',
  );
  const modelIds = db.prepare<[], { id: number }>('select id from model');
  const regionsOf = db.prepare<[number], { id: number }>('select id from region where item_id = ?');
  const countOf = db.prepare<[number], { n: number }>(
    'select count(*) as n from embedding where model_id = ?',
  );
  const countRegions = db.prepare<[], { n: number }>('select count(*) as n from region');
  // Regions of slides are the slide job's own: they are read by place, not by frame.
  const lacking = `from region r cross join item i on i.id = r.item_id and i.kind <> 'slide'
    where r.id > ? and not exists (select 1 from embedding e where e.model_id = ? and e.region_id = r.id)`;
  const countWithout = db.prepare<[number, number], { n: number }>(`select count(*) as n ${lacking}`);
  const without = db.prepare<
    [number, number, number],
    { id: number; itemId: number; frame: number; windowName: string | null }
  >(`
    select r.id, r.item_id as itemId, r.frame, r.window_name as windowName ${lacking} order by r.id limit ?`);

  const statement = <T extends unknown[]>(sql: (table: string) => string) => {
    const prepared = new Map<number, ReturnType<typeof db.prepare<T>>>();
    return (modelId: number) => {
      const found = prepared.get(modelId) ?? db.prepare<T>(sql(`vec_${modelId}`));
      prepared.set(modelId, found);
      return found;
    };
  };
  // vec0 takes its key only as an integer, and better-sqlite3 binds a JS number as a double.
  const insertCopy = statement<[bigint, bigint, Int8Array]>(
    (table) => `insert into ${table} (region_id, slide, vector) values (?, ?, vec_int8(?))`,
  );
  const deleteCopy = statement<[bigint]>((table) => `delete from ${table} where region_id = ?`);

  return {
    /** The row of this model, made together with its `vec0` table when it is new to the archive. */
    ensureModel(model: NewModel, at: string): ModelRow {
      const known = byIdentity.get(model.identity);
      if (known) return known;
      return db.transaction(() => {
        const { id } = insertModel.get(
          model.bundleId,
          model.identity,
          model.dimensions,
          model.preprocessing,
          at,
        ) as {
          id: number;
        };
        db.exec(`create virtual table vec_${id} using vec0 (
          region_id integer primary key, slide integer partition key,
          vector int8[${Math.trunc(model.dimensions)}] distance_metric=cosine)`);
        return { id, ...model };
      })();
    },
    modelByIdentity: (identity: string): ModelRow | undefined => byIdentity.get(identity),
    recordUse: (modelId: number, at: string): void => void insertUse.run(modelId, at),
    uses: () => uses.all(),

    /**
     * Stores one vector twice, inside the caller's transaction.
     *
     * @param vector - L2-normalised, `dimensions` of the model long.
     * @throws RangeError for a vector of another length, or one that is not finite and of unit length.
     */
    add(model: ModelRow, regionId: number, vector: Float32Array, slideItem = 0): void {
      if (vector.length !== model.dimensions)
        throw new RangeError(`vector of ${vector.length} for a model of ${model.dimensions}`);
      let square = 0;
      for (const value of vector) square += value * value;
      if (!(Math.abs(square - 1) < LENGTH_TOLERANCE)) throw new RangeError('vector is not of unit length');
      insertVector.run(model.id, regionId, vector);
      insertCopy(model.id).run(BigInt(regionId), BigInt(slideItem), quantise(vector).values);
    },
    /** Stores a vector in place of the region's former one of this model. @throws RangeError as `add`. */
    replace(model: ModelRow, regionId: number, vector: Float32Array, slideItem = 0): void {
      deleteVector.run(model.id, regionId);
      deleteCopy(model.id).run(BigInt(regionId));
      this.add(model, regionId, vector, slideItem);
    },
    /** Foreign keys drop the truth with its region; virtual tables know no foreign keys. */
    dropItem(itemId: number): void {
      for (const { id: regionId } of regionsOf.all(itemId))
        for (const { id: modelId } of modelIds.all()) deleteCopy(modelId).run(BigInt(regionId));
    },
    count: (modelId: number): number => countOf.get(modelId)?.n ?? 0,
    countRegions: (): number => countRegions.get()?.n ?? 0,
    /** Regions of pictures and DICOM that have no vector of this model. */
    countWithout: (modelId: number): number => countWithout.get(0, modelId)?.n ?? 0,
    /** The next of them, by id. */
    without: (modelId: number, afterRegion: number, limit: number) =>
      without.all(afterRegion, modelId, limit),
  };
}
export type VectorStore = ReturnType<typeof vectorStore>;

/** A stored vector as floats; blobs may lie unaligned in their buffer. */
export const toFloats = (blob: Uint8Array): Float32Array => new Float32Array(blob.slice().buffer);

/** sqlite-vec refuses a larger k. */
export const MAX_NEIGHBOURS = 4096;

export interface Neighbour {
  readonly regionId: number;
  readonly itemId: number;
  /** 1 − cosine of the int8 copies. */
  readonly distance: number;
}

/** Reading vectors of one model; works on any connection. */
export function vectorReader(db: ReadDb, modelId: number) {
  const table = `vec_${Math.trunc(modelId)}`;
  // vec0 takes one order-by term and the planner would fold a plain subquery into it, so the neighbours are
  // materialised first and ties are broken outside.
  const nearest = db.prepare<[Int8Array, number], Neighbour>(
    `with near as materialized (select region_id, distance from ${table} where vector match vec_int8(?) and k = ?)
     select n.region_id as regionId, r.item_id as itemId, n.distance from near n cross join region r on r.id = n.region_id
     order by n.distance, n.region_id`,
  );
  const nearestWithin = db.prepare<[Int8Array, number, string], Neighbour>(
    `with near as materialized (select region_id, distance from ${table}
       where vector match vec_int8(?) and k = ? and region_id in (select value from json_each(?)))
     select n.region_id as regionId, r.item_id as itemId, n.distance from near n cross join region r on r.id = n.region_id
     order by n.distance, n.region_id`,
  );
  const one = db.prepare<[number, number], { itemId: number; vector: Uint8Array }>(
    `select r.item_id as itemId, e.vector from embedding e join region r on r.id = e.region_id
     where e.model_id = ? and e.region_id = ?`,
  );
  const vector = db
    .prepare<[number, number], Uint8Array>(
      'select vector from embedding where model_id = ? and region_id = ?',
    )
    .pluck();
  const ofItem = db.prepare<[number, number], { regionId: number; vector: Uint8Array }>(
    `select e.region_id as regionId, e.vector from region r cross join embedding e on e.region_id = r.id and e.model_id = ?
     where r.item_id = ? and r.kind <> 'tile' order by r.id`,
  );
  const all = db.prepare<[number], { regionId: number; itemId: number; vector: Uint8Array }>(
    `select e.region_id as regionId, r.item_id as itemId, e.vector from embedding e join region r on r.id = e.region_id
     where e.model_id = ? order by e.region_id`,
  );
  const count = db.prepare<[number], number>('select count(*) from embedding where model_id = ?').pluck();

  return {
    count: (): number => count.get(modelId) ?? 0,
    /** Nearest by int8 cosine first; at most {@link MAX_NEIGHBOURS}. `within`: only these regions. */
    nearest: (query: Int8Array, k: number, within: readonly number[] | null): Neighbour[] =>
      within
        ? nearestWithin.all(query, Math.min(k, MAX_NEIGHBOURS), JSON.stringify(within))
        : nearest.all(query, Math.min(k, MAX_NEIGHBOURS)),
    one: (regionId: number) => one.get(modelId, regionId),
    vector: (regionId: number): Uint8Array | undefined => vector.get(modelId, regionId),
    /** All but the tiles of a slide, for which its whole region stands. */
    ofItem: (itemId: number) => ofItem.all(modelId, itemId),
    all: () => all.iterate(modelId),
  };
}
