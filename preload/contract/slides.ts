import { z } from 'zod';
import { FaultShape, ItemId, JobId, MediaPath, RegionId } from './ids.ts';
import { Chip } from './search.ts';
import { PoolingName, StainName } from './slide-preparations.ts';

/** In pixels of level 0. */
const Place = z.object({ x: z.number(), y: z.number(), w: z.number().positive(), h: z.number().positive() });
const Mpp = z.number().min(0.01).max(100);

/** How many of the tiles with tissue are read: all, one in `n`, or at most `n` spread out. */
export const TileBudget = z.discriminatedUnion('is', [
  z.object({ is: z.literal('all') }),
  z.object({ is: z.literal('every'), n: z.int().min(2).max(10_000) }),
  z.object({ is: z.literal('most'), n: z.int().min(1).max(10_000_000) }),
]);

const Grid = z.object({
  mpp: z.number(),
  tilePx: z.int(),
  tissueTiles: z.int(),
  tiles: z.int(),
  state: z.enum(['open', 'done']),
});

export const SlideDetail = z.object({
  itemId: ItemId,
  vendor: z.string(),
  width: z.int(),
  height: z.int(),
  /** µm per pixel of level 0; null where neither the file nor a person said it. */
  mppX: z.number().nullable(),
  mppY: z.number().nullable(),
  mppFrom: z.enum(['file', 'user']).nullable(),
  objectivePower: z.number().nullable(),
  /** For the viewer, largest first; the last one may be the stored thumbnail, of one tile. */
  levels: z.array(
    z.object({
      width: z.int(),
      height: z.int(),
      downsample: z.number(),
      /** Of the viewer's grid: `TILE_BASE/LEVEL/COLUMN_ROW.jpg` below `Bridge.mediaBase`. */
      tilePx: z.int(),
    }),
  ),
  tileBase: z.string(),
  /** Of the model in use and tiles as scanned, finest first; empty before the slide was embedded. */
  grids: z.array(Grid),
  /** The same of tiles whose colours were prepared. */
  stained: z.array(z.object({ stain: StainName, grids: z.array(Grid) })),
});
export type SlideDetail = z.infer<typeof SlideDetail>;

export const Heat = z.object({
  /** Columns of equal length, one entry per tile, in the grid's order. */
  regionIds: z.array(RegionId),
  x: z.array(z.number()),
  y: z.array(z.number()),
  w: z.number(),
  h: z.number(),
  /** Cosine to the query, rounded to 4 digits; of two queries the difference. */
  scores: z.array(z.number()),
  /** Spreads above the query's background: the same random tiles of the archive for every query. */
  lifts: z.array(z.number()),
  /** Tiles with tissue that a budget left unread: no statement about them is made. */
  unread: z.object({ x: z.array(z.number()), y: z.array(z.number()) }),
  min: z.number(),
  max: z.number(),
  background: z.object({ n: z.int(), median: z.number(), spread: z.number() }),
  /** Lifts that have the scale's end colours, the same for every slide. */
  scale: z.object({ from: z.number(), to: z.number() }),
  mpp: z.number(),
  /** The best places, none next to another. */
  hotspots: z.array(z.object({ index: z.int(), score: z.number(), lift: z.number() })),
  tookMs: z.object({ encode: z.number(), compare: z.number(), total: z.number() }),
});
export type Heat = z.infer<typeof Heat>;

const Columns = z.object({ x: z.array(z.number()), y: z.array(z.number()) });

/** The tiles of a slide's finest grid and what is known of them before any query. */
export const SlideGridView = z.object({
  mpp: z.number(),
  /** From one tile to the next, in pixels of level 0; not rounded, unlike the places. */
  stepX: z.number(),
  stepY: z.number(),
  /** Read by the model in use, row by row. */
  read: Columns.extend({ blurred: z.array(z.boolean()) }),
  /** With tissue and not read: nothing is known of them. */
  unread: Columns,
  /** With marker ink on them, read or not. */
  pen: Columns,
});
export type SlideGridView = z.infer<typeof SlideGridView>;

export const TileHit = Place.extend({
  itemId: ItemId,
  regionId: RegionId,
  path: z.string(),
  similarity: z.number(),
  lift: z.number(),
});
export type TileHit = z.infer<typeof TileHit>;

export const HeatQuery = {
  itemId: ItemId,
  chips: z.array(Chip).min(1).max(20),
  /** Subtracted tile by tile: where does the first query fit better than this one? */
  minus: z.array(Chip).max(20).default([]),
  /** Which tiles are compared. */
  stain: StainName.default('none'),
};

/** Of a heat that leaves the archive: its tiles, their lowest and highest cosine, and the time it took. */
export const HeatFigures = { tiles: z.int(), min: z.number(), max: z.number(), tookMs: z.number() };

export const slideMethods = {
  'slide.get': { input: z.object({ itemId: ItemId }), output: SlideDetail },
  /** For a slide that does not state it, or for all such slides of its folder, now and later. */
  'slide.setMpp': {
    input: z.object({ itemId: ItemId, mpp: Mpp, folder: z.boolean().default(false) }),
    output: z.object({ changed: z.int() }),
  },
  /** What embedding would take. Looks for tissue where that was not done yet. */
  'slide.estimate': {
    input: z.object({ itemIds: z.array(ItemId).min(1).max(1000), budget: TileBudget.default({ is: 'all' }) }),
    output: z.object({
      slides: z.array(
        z.object({ itemId: ItemId, tissueTiles: z.int(), tiles: z.int(), fault: FaultShape.nullable() }),
      ),
      tiles: z.int(),
      /** By the model's speed on this device when it was last measured; null before that. */
      seconds: z.number().nullable(),
    }),
  },
  /** Reads tiles with the model as a job; left out, all slides that lack them. */
  'slide.embed': {
    input: z.object({
      itemIds: z.array(ItemId).min(1).max(100_000).optional(),
      budget: TileBudget.default({ is: 'all' }),
      stain: StainName.default('none'),
      /** A further vector of the whole slide, beside the one by contrast that every slide gets. */
      pooling: PoolingName.default('contrast'),
    }),
    output: z.object({ jobId: JobId.nullable() }),
  },
  'slide.heat': { input: z.object(HeatQuery), output: Heat },
  /** The heat as the text of a file. Nothing is written: that is for whoever asked. */
  'slide.exportHeat': {
    input: z.object({ ...HeatQuery, as: z.enum(['geojson', 'csv']) }),
    output: z.object({ text: z.string(), ...HeatFigures }),
  },
  /** Makes a drawn rectangle a region with a vector of the model in use: a part of queries like any other. */
  'slide.region': {
    input: z.object({ itemId: ItemId, ...Place.shape, stain: StainName.default('none') }),
    output: z.object({ regionId: RegionId, tiles: z.int() }),
  },
  /** The best tiles of the archive, no two that touch. A region's own place is left out, its slide is not. */
  'slide.tiles': {
    input: z.object({
      chips: z.array(Chip).min(1).max(20),
      limit: z.int().min(1).max(500).default(40),
      perSlide: z.int().min(1).max(500).default(5),
      stain: StainName.default('none'),
    }),
    output: z.object({ hits: z.array(TileHit), tookMs: z.number() }),
  },
  /** A part of the slide as a picture, at most `longestPx` on its longer side. */
  'slide.cut': {
    input: z.object({ itemId: ItemId, ...Place.shape, longestPx: z.int().min(16).max(2048).default(96) }),
    output: z.object({ path: MediaPath, widthPx: z.int(), heightPx: z.int() }),
  },
  /** Which tiles were read, which were not, which are out of focus or marked with a pen. */
  'slide.grid': {
    input: z.object({ itemId: ItemId, stain: StainName.default('none') }),
    output: SlideGridView,
  },
  /** Where tissue was found, as a picture to lay over the slide. */
  'slide.mask': {
    input: z.object({ itemId: ItemId }),
    output: z.object({ path: MediaPath, widthPx: z.int(), heightPx: z.int(), tissueShare: z.number() }),
  },
} as const;
