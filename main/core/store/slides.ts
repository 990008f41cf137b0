import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { MASK_VERSION, type TissueMask } from '../domain/tissue.ts';
import type { TilePlace } from '../domain/tiling.ts';
import type { ReadDb, WriteDb } from './database.ts';

export interface StoredLevel {
  readonly width: number;
  readonly height: number;
  readonly downsample: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

export interface SlideFacts {
  readonly vendor: string;
  readonly mppX: number | null;
  readonly mppY: number | null;
  readonly mppFrom: 'file' | 'user' | null;
  readonly objectivePower: number | null;
  readonly levels: readonly StoredLevel[];
}

export interface SlideGrid {
  readonly id: number;
  readonly mpp: number;
  readonly tilePx: number;
  /** JSON of a `TileBudget`. */
  readonly budget: string;
  /** Tiles with tissue; a budget may have left some out. */
  readonly tissueTiles: number;
  readonly tiles: number;
  readonly pooling: string | null;
  readonly state: 'open' | 'done';
}

export interface TileVector extends TilePlace {
  readonly regionId: number;
  readonly sharpness: number;
  readonly vector: Uint8Array;
}

const gridColumns = 'id, mpp, tile_px as tilePx, budget, tissue_tiles as tissueTiles, tiles, pooling, state';

/** What is read of slides; works on any connection. */
export function slideReader(db: ReadDb) {
  const facts = db.prepare<[number], Omit<SlideFacts, 'levels'> & { levels: string }>(
    `select vendor, mpp_x as mppX, mpp_y as mppY, mpp_from as mppFrom, objective_power as objectivePower, levels
     from slide where item_id = ?`,
  );
  const grids = db.prepare<[number, number], SlideGrid>(
    `select ${gridColumns} from slide_grid where item_id = ? and model_id = ? order by mpp`,
  );
  // `cross join` fixes the order of the loops: the planner would walk through all vectors of the model.
  const vectors = db.prepare<[number, number, number], TileVector>(
    `select r.id as regionId, r.x, r.y, r.w, r.h, t.sharpness, e.vector
     from region r cross join tile t on t.region_id = r.id and t.mpp = ?
     cross join embedding e on e.region_id = r.id and e.model_id = ?
     where r.item_id = ? and r.kind = 'tile'`,
  );
  const countVectors = db
    .prepare<[number, number, number], number>(
      `select count(*) from region r cross join tile t on t.region_id = r.id and t.mpp = ?
       cross join embedding e on e.region_id = r.id and e.model_id = ? where r.item_id = ? and r.kind = 'tile'`,
    )
    .pluck();
  const sharpness = db.prepare<[number, number, number], { x: number; y: number; sharpness: number }>(
    `select r.x, r.y, t.sharpness from region r cross join tile t on t.region_id = r.id and t.mpp = ?
     where r.item_id = ? and r.kind = 'tile'
       and exists (select 1 from embedding e where e.region_id = r.id and e.model_id = ?)
     order by r.y, r.x`,
  );
  const tile = db.prepare<[number], TilePlace & { regionId: number }>(
    'select r.id as regionId, r.x, r.y, r.w, r.h from tile t join region r on r.id = t.region_id where t.region_id = ?',
  );
  const tileIds = db
    .prepare<[number], number>(
      'select t.region_id from tile t cross join embedding e on e.region_id = t.region_id and e.model_id = ?',
    )
    .pluck();
  const countTiles = db
    .prepare<[number], number>('select coalesce(sum(tiles), 0) from slide_grid where model_id = ?')
    .pluck();
  const embedded = db
    .prepare<[number], number>('select distinct item_id from slide_grid where model_id = ? order by item_id')
    .pluck();
  return {
    get(itemId: number): SlideFacts | undefined {
      const row = facts.get(itemId);
      return row && { ...row, levels: JSON.parse(row.levels) as StoredLevel[] };
    },
    grids: (itemId: number, modelId: number): SlideGrid[] => grids.all(itemId, modelId),
    /** Tiles of a grid with their vectors, in no order; one at a time, so that memory holds them once. */
    vectors: (itemId: number, modelId: number, mpp: number): IterableIterator<TileVector> =>
      vectors.iterate(mpp, modelId, itemId),
    /** Tiles of a grid that a model has read, row by row, with how sharp they are. */
    sharpness: (itemId: number, modelId: number, mpp: number) => sharpness.all(mpp, itemId, modelId),
    countVectors: (itemId: number, modelId: number, mpp: number): number =>
      countVectors.get(mpp, modelId, itemId) ?? 0,
    /** The place of a tile; undefined for a region that is none. */
    tile: (regionId: number) => tile.get(regionId),
    /** Tiles with a vector of a model. */
    tileIds: (modelId: number): number[] => tileIds.all(modelId),
    /** About how many there are. */
    countTiles: (modelId: number): number => countTiles.get(modelId) ?? 0,
    /** Slides that have tiles of a model. */
    embeddedItems: (modelId: number): number[] => embedded.all(modelId),
  };
}
export type SlideReader = ReturnType<typeof slideReader>;

/** Slides, their tissue, grids and tiles. */
export function slideStore(db: WriteDb) {
  const save = db.prepare<[object]>(
    `insert into slide (item_id, vendor, mpp_x, mpp_y, mpp_from, objective_power, levels)
     values (:itemId, :vendor, :mppX, :mppY, :mppFrom, :objectivePower, :levels)
     on conflict (item_id) do update set vendor = excluded.vendor, mpp_x = excluded.mpp_x, mpp_y = excluded.mpp_y,
       mpp_from = excluded.mpp_from, objective_power = excluded.objective_power, levels = excluded.levels,
       mask = null, mask_width = null, mask_height = null, mask_threshold = null`,
  );
  const setMpp = db.prepare<[number, number, number]>(
    `update slide set mpp_x = ?, mpp_y = ?, mpp_from = 'user' where item_id = ?`,
  );
  const setItemMpp = db.prepare<[number, number]>('update item set mpp = ? where id = ?');
  const setRule = db.prepare<[number, string, number]>(
    'insert or replace into mpp_rule (source_id, folder, mpp) values (?, ?, ?)',
  );
  const ruleOf = db
    .prepare<[number], number>(
      `select r.mpp from item_file j join file f on f.id = j.file_id join mpp_rule r on r.source_id = f.source_id
       where j.item_id = ? and (r.folder = '' or substr(f.path, 1, length(r.folder) + 1) = r.folder || '/')
       order by length(r.folder) desc limit 1`,
    )
    .pluck();
  const setMask = db.prepare<[Uint8Array, number, number, number, number, number]>(
    'update slide set mask = ?, mask_width = ?, mask_height = ?, mask_threshold = ?, mask_version = ? where item_id = ?',
  );
  const mask = db.prepare<
    [number, number],
    { mask: Uint8Array | null; width: number; height: number; threshold: number }
  >(
    `select mask, mask_width as width, mask_height as height, mask_threshold as threshold
     from slide where item_id = ? and mask_version = ?`,
  );
  const openGrid = db.prepare<[object], { id: number }>(
    `insert into slide_grid (item_id, model_id, mpp, tile_px, budget, tissue_tiles, tiles, state, at)
     values (:itemId, :modelId, :mpp, :tilePx, :budget, :tissueTiles, :tiles, 'open', :at)
     on conflict (item_id, model_id, mpp) do update set tile_px = excluded.tile_px, budget = excluded.budget,
       tissue_tiles = excluded.tissue_tiles, tiles = excluded.tiles, state = 'open' returning id`,
  );
  const closeGrid = db.prepare<[string | null, number]>(
    "update slide_grid set state = 'done', pooling = ? where id = ?",
  );
  const places = db.prepare<[number, number, number], TilePlace & { regionId: number; embedded: number }>(
    `select r.id as regionId, r.x, r.y, r.w, r.h,
       exists (select 1 from embedding e where e.region_id = r.id and e.model_id = ?) as embedded
     from region r cross join tile t on t.region_id = r.id and t.mpp = ? where r.item_id = ? and r.kind = 'tile'`,
  );
  const addTile = db.prepare<[number, number, number]>(
    'insert or replace into tile (region_id, mpp, sharpness) values (?, ?, ?)',
  );
  const whole = db.prepare<[number], { id: number }>(
    "select id from region where item_id = ? and kind = 'whole' order by id limit 1",
  );
  const all = db.prepare<[], { id: number }>("select id from item where kind = 'slide' order by id");

  return {
    ...slideReader(db),
    save: (itemId: number, facts: SlideFacts): void =>
      void save.run({ ...facts, itemId, levels: JSON.stringify(facts.levels) }),
    /** What a person says of a slide whose file does not state it. */
    setMpp(itemId: number, mpp: number): void {
      setMpp.run(mpp, mpp, itemId);
      setItemMpp.run(mpp, itemId);
    },
    /** For all slides of a folder, now and later, that do not state it; '' is the whole source. */
    setRule: (sourceId: number, folder: string, mpp: number): void => void setRule.run(sourceId, folder, mpp),
    ruleOf: (itemId: number): number | null => ruleOf.get(itemId) ?? null,
    setMask: (itemId: number, { classes, width, height, threshold }: TissueMask): void =>
      void setMask.run(deflateRawSync(classes), width, height, threshold, MASK_VERSION, itemId),
    /** Null before it was made, and where it was made in a way that is no longer the way. */
    mask(itemId: number): Pick<TissueMask, 'classes' | 'width' | 'height' | 'threshold'> | null {
      const row = mask.get(itemId, MASK_VERSION);
      if (!row?.mask) return null;
      const { width, height, threshold } = row;
      return { width, height, threshold, classes: new Uint8Array(inflateRawSync(row.mask)) };
    },
    openGrid: (grid: {
      readonly itemId: number;
      readonly modelId: number;
      readonly mpp: number;
      readonly tilePx: number;
      readonly budget: string;
      readonly tissueTiles: number;
      readonly tiles: number;
      readonly at: string;
    }): number => (openGrid.get(grid) as { id: number }).id,
    closeGrid: (gridId: number, pooling: string | null): void => void closeGrid.run(pooling, gridId),
    /** Tiles that a grid has so far, and whether they have a vector of the model. */
    places: (itemId: number, modelId: number, mpp: number) => places.all(modelId, mpp, itemId),
    addTile: (regionId: number, mpp: number, sharpness: number): void =>
      void addTile.run(regionId, mpp, sharpness),
    /** The region that stands for the slide, where there is one. */
    wholeRegion: (itemId: number): number | null => whole.get(itemId)?.id ?? null,
    items: (): number[] => all.all().map(({ id }) => id),
  };
}
export type SlideStore = ReturnType<typeof slideStore>;
