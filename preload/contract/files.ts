import { z } from 'zod';
import { FaultShape, ItemId, ModelId } from './ids.ts';
import { ItemKind } from './items.ts';
import { OpenSlideState } from './openslide.ts';
import { HeatFigures, HeatQuery } from './slides.ts';

const FilePath = z.string().min(1).max(4096);
const Precision = z.enum(['fp32', 'fp16', 'int8']);

/** Numbers that another reader can be held against; its keys depend on the kind. Nothing about persons. */
export const Inspection = z.looseObject({ kind: ItemKind });

/**
 * What reads or writes files outside an archive. Only the command line offers these: a window has no business with
 * paths that nobody chose in a dialog.
 */
export const fileMethods = {
  'file.inspect': {
    input: z.object({ paths: z.array(FilePath).min(1).max(100_000), frame: z.int().min(0).default(0) }),
    output: z.object({
      files: z.array(
        z.object({ path: z.string(), inspection: Inspection.nullable(), fault: FaultShape.nullable() }),
      ),
    }),
  },
  /** Writes a PNG. */
  'file.render': {
    input: z.object({
      /** A file, or an item of the open archive. */
      path: FilePath.optional(),
      itemId: ItemId.optional(),
      as: z.enum(['full', 'thumb', 'model-view']).default('full'),
      frame: z.int().min(0).default(0),
      window: z.string().max(60).optional(),
      /** Of slides and large pictures: pixels of that level. */
      region: z.object({ x: z.int(), y: z.int(), w: z.int().positive(), h: z.int().positive() }).optional(),
      level: z.int().min(0).default(0),
      modelId: ModelId.optional(),
      out: FilePath,
    }),
    output: z.object({ path: z.string(), width: z.int(), height: z.int(), preparation: z.array(z.string()) }),
  },
  /** Writes the heat of a slide. */
  'slide.saveHeat': {
    input: z.object({
      ...HeatQuery,
      as: z.enum(['png', 'geojson', 'csv']),
      /** Of PNG: colours from this slide's lowest to its highest value, not comparable between slides. */
      stretch: z.boolean().default(false),
      out: FilePath,
    }),
    output: z.object({ path: z.string(), ...HeatFigures }),
  },
  /** Loads the file at once, so that only one that works is kept; null goes back to the usual names. */
  'openslide.choose': { input: z.object({ path: FilePath.nullable() }), output: OpenSlideState },
  /** Times a bundle on this machine. */
  'model.bench': {
    input: z.object({ modelId: ModelId }),
    output: z.object({
      id: ModelId,
      lines: z.array(
        z.object({
          what: z.enum(['images', 'texts']),
          precision: Precision,
          device: z.string(),
          batch: z.int(),
          ms: z.number(),
          perSecond: z.number(),
        }),
      ),
    }),
  },
  /** Takes CUDA's provider libraries from a package or folder that was brought to this machine. */
  'device.add-cuda': {
    input: z.object({ path: FilePath }),
    output: z.object({
      folder: z.string(),
      version: z.string(),
      files: z.array(z.string()),
      /** Libraries that the machine still lacks; empty when CUDA is complete. */
      missing: z.array(z.string()),
    }),
  },
  /** Vectors of texts, picture files, or prepared pictures in a .npy file, written as .npy float32 [n, d]. */
  'model.encode': {
    input: z.object({
      modelId: ModelId,
      precision: Precision.optional(),
      input: z.discriminatedUnion('is', [
        z.object({ is: z.literal('texts'), texts: z.array(z.string().max(100_000)).min(1) }),
        z.object({ is: z.literal('images'), paths: z.array(FilePath).min(1) }),
        /** uint8 [n, h, w, 3] before scaling and normalising, or float32 [n, 3, h, w] after. */
        z.object({ is: z.literal('tensors'), path: FilePath }),
      ]),
      out: FilePath,
    }),
    output: z.object({
      path: z.string(),
      rows: z.int(),
      dimensions: z.int(),
      device: z.string(),
      /** Words of each text that did not fit the model's context; empty for pictures. */
      truncatedWords: z.array(z.int()),
      tookMs: z.number(),
    }),
  },
} as const;
