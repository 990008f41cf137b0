import { z } from 'zod';
import { ItemId, MediaPath, RegionId, Sha256 } from './ids.ts';

export const ItemKind = z.enum(['image', 'dicom', 'slide']);
export type ItemKind = z.infer<typeof ItemKind>;

export const Item = z.object({
  itemId: ItemId,
  kind: ItemKind,
  sha256: Sha256,
  /** Relative to its source; empty when the file is gone. */
  path: z.string(),
  source: z.string(),
  state: z.enum(['ok', 'stale', 'missing', 'quarantined']),
  thumb: MediaPath.nullable(),
  widthPx: z.int(),
  heightPx: z.int(),
  frames: z.int(),
  modality: z.string().nullable(),
  bodyPart: z.string().nullable(),
  /** Keyed hashes, short form: equal for the same patient, study, series or slide; not reversible. */
  patient: z.string().nullable(),
  study: z.string().nullable(),
  series: z.string().nullable(),
  tags: z.array(z.string()),
});
export type Item = z.infer<typeof Item>;

export const ItemDetail = Item.extend({
  sizeBytes: z.number(),
  addedAt: z.string(),
  files: z.array(z.object({ path: z.string(), source: z.string(), state: z.string() })),
  attributes: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      unit: z.string().nullable(),
      /** `header` for tags of the file, else the table that it came with. */
      origin: z.string(),
    }),
  ),
  /** Captions and report texts that came with tables. */
  reports: z.array(
    z.object({
      reportId: z.int(),
      kind: z.enum(['caption', 'report']),
      origin: z.string(),
      text: z.string(),
    }),
  ),
  regions: z.array(
    z.object({
      regionId: RegionId,
      kind: z.enum(['whole', 'frame', 'tile', 'roi']),
      frame: z.int(),
      x: z.number(),
      y: z.number(),
      w: z.number(),
      h: z.number(),
      embedded: z.boolean(),
      /** Window of grey pictures, by name: a preset, `file`, `percentile-1-99`, …. */
      windowName: z.string().nullable(),
      /** How the picture the model saw was made, line by line. */
      preparation: z.array(z.string()),
    }),
  ),
  /** What was decided while reading it: 'animated: first frame', 'CMYK without profile'. */
  notes: z.array(z.string()),
  /** Values of the latest run of each panel, best first. */
  predictions: z.array(
    z.object({
      panel: z.string(),
      calibrated: z.boolean(),
      ranked: z.array(z.object({ label: z.string(), score: z.number(), probability: z.number() })),
    }),
  ),
});
export type ItemDetail = z.infer<typeof ItemDetail>;

/** Filter expressions, all of which must hold: `modality=CT and not (age<18 or tag=odd)`; `text~words` looks in texts. */
export const Where = z.array(z.string().min(1).max(500)).max(50).default([]);

/** The items that were not so before; only these are changed back by an undo. */
const ChangedItems = z.object({ changed: z.int(), itemIds: z.array(ItemId) });

export const itemMethods = {
  'items.list': {
    input: z.object({
      where: Where,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(100_000).default(100),
    }),
    output: z.object({ items: z.array(Item), total: z.int() }),
  },
  /** Numbers of all items that the filters leave, in order: what "select all" means. */
  'items.ids': {
    input: z.object({ where: Where }),
    output: z.object({ itemIds: z.array(ItemId), total: z.int() }),
  },
  /** Values and counts for the filter panel; counts follow the filter, without the facet's own part of it. */
  'items.facets': {
    input: z.object({ where: Where }),
    output: z.object({
      facets: z.array(
        z.object({
          name: z.string(),
          title: z.string(),
          values: z.array(z.object({ value: z.string(), count: z.int() })),
        }),
      ),
      total: z.int(),
    }),
  },
  'item.get': { input: z.object({ itemId: ItemId }), output: ItemDetail },
  /**
   * Makes sure that a derived picture exists and names it: `full` for the viewer, `model-view` for the exact
   * pixels that were fed to the model.
   */
  'item.picture': {
    input: z.object({
      itemId: ItemId,
      as: z.enum(['full', 'model-view']),
      frame: z.int().min(0).default(0),
      /** A preset's name or `centre,width`; left out: as the model saw it. */
      window: z.string().max(60).optional(),
    }),
    output: z.object({
      path: MediaPath,
      widthPx: z.int(),
      heightPx: z.int(),
      preparation: z.array(z.string()),
    }),
  },
  'tags.list': {
    input: z.object({}),
    output: z.object({ tags: z.array(z.object({ tag: z.string(), items: z.int() })) }),
  },
  'tags.apply': {
    input: z.object({ itemIds: z.array(ItemId).min(1).max(100_000), tag: z.string().trim().min(1).max(80) }),
    output: ChangedItems,
  },
  'tags.remove': {
    input: z.object({ itemIds: z.array(ItemId).min(1).max(100_000), tag: z.string().trim().min(1).max(80) }),
    output: ChangedItems,
  },
} as const;
