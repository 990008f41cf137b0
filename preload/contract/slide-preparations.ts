import { z } from 'zod';
import { ItemId } from './ids.ts';
import { Chip } from './search.ts';

/**
 * How the colours of tiles are prepared for the model: as scanned (`none`), as if stained like Macenko's published
 * reference (`macenko`), or like a slide of the user's (`macenko-` and eight digits that name its dyes). Vectors of
 * different preparations are never compared: a query that names one sees tiles of that one alone, and its pictures and
 * rectangles are prepared the same way.
 */
export const StainName = z.string().regex(/^(none|macenko(-[0-9a-f]{8})?)$/);
export type StainName = z.infer<typeof StainName>;

/** How one vector is made of a slide's tiles; `attention-` and eight digits name weights that the user brought. */
export const PoolingName = z.string().regex(/^(contrast|mean|attention-[0-9a-f]{8})$/);
export type PoolingName = z.infer<typeof PoolingName>;

const StainVector = z.tuple([z.number(), z.number(), z.number()]);

export const Stain = z.object({
  name: StainName,
  /** Optical densities of the two dyes in red, green, blue; unit length. */
  haematoxylin: StainVector,
  eosin: StainVector,
  /** The amounts of the two that 99 % of the pixels stay below. */
  most: z.tuple([z.number(), z.number()]),
  /** The slide it was taken from, where that is in the archive; null for the published one. */
  from: z.object({ itemId: ItemId, path: z.string() }).nullable(),
  /** Slides of the archive with tiles prepared so, for the model in use. */
  slides: z.int(),
});
export type Stain = z.infer<typeof Stain>;

export const Pooling = z.object({
  name: PoolingName,
  kind: z.enum(['contrast', 'mean', 'attention']),
  /** Of the vectors that it takes; null where it takes any. */
  dimensions: z.int().nullable(),
  /** Units of the attention network; null for the others. */
  hidden: z.int().nullable(),
  gated: z.boolean().nullable(),
  /** Slides with a vector made so, of tiles as scanned and the model in use. */
  slides: z.int(),
});
export type Pooling = z.infer<typeof Pooling>;

const Share = z.number().min(-1).max(1);
const DyeChange = z.object({ factor: z.number(), added: z.number() });

export const Jitter = z.object({
  /** The most that the amount of a dye changes: as a factor of 1 ± sigma, and added ± sigma of its 99th percentile. */
  sigma: z.number(),
  /** How many best tiles are followed, and out of how many. */
  top: z.int(),
  tiles: z.int(),
  draws: z.array(
    z.object({
      haematoxylin: DyeChange,
      eosin: DyeChange,
      /** Share of the best tiles that are still among them. */
      overlap: Share,
      /** Spearman's, over all tiles that were looked at. */
      rankCorrelation: Share,
    }),
  ),
  /** Over the draws. */
  overlap: z.object({ mean: Share, least: Share }),
  rankCorrelation: z.object({ mean: Share, least: Share }),
  /** The overlap of as many tiles drawn blindly: what no agreement at all would give. */
  byChance: Share,
  tookMs: z.number(),
});
export type Jitter = z.infer<typeof Jitter>;

export const slidePreparationMethods = {
  'slide.stains': { input: z.object({}), output: z.object({ stains: z.array(Stain) }) },
  /** Makes a slide's staining a target that others can be brought to; the same slide gives the same name. */
  'slide.stainFrom': { input: z.object({ itemId: ItemId }), output: Stain },
  'slide.poolings': { input: z.object({}), output: z.object({ poolings: z.array(Pooling) }) },
  /** Takes weights of attention pooling from a file, see README; the same weights have the same name. */
  'slide.addPooling': {
    input: z.object({ name: z.string().min(1).max(255), bytes: z.instanceof(Uint8Array) }),
    output: Pooling,
  },
  /** Gives embedded slides their vector by another pooling; left out, all of them. */
  'slide.pool': {
    input: z.object({
      pooling: PoolingName,
      stain: StainName.default('none'),
      itemIds: z.array(ItemId).min(1).max(100_000).optional(),
    }),
    output: z.object({ slides: z.int() }),
  },
  /** Slides that are like one, by vectors of one pooling and one preparation. */
  'slide.similar': {
    input: z.object({
      itemId: ItemId,
      pooling: PoolingName.default('contrast'),
      stain: StainName.default('none'),
      limit: z.int().min(1).max(500).default(20),
    }),
    output: z.object({
      hits: z.array(z.object({ itemId: ItemId, path: z.string(), similarity: z.number() })),
      /** Slides with such a vector, the asked one not counted. */
      of: z.int(),
      tookMs: z.number(),
    }),
  },
  /** How far a query's best tiles depend on the staining: the same tiles again, their dyes changed at random. */
  'slide.jitter': {
    input: z.object({
      itemId: ItemId,
      chips: z.array(Chip).min(1).max(20),
      stain: StainName.default('none'),
      /** 0.05 is Tellez' light, 0.2 their strong augmentation. */
      sigma: z.number().min(0).max(0.5).default(0.05),
      top: z.int().min(1).max(100).default(20),
      /** Tiles that are looked at: the best ones, and others spread over the slide. */
      tiles: z.int().min(2).max(2000).default(200),
      draws: z.int().min(1).max(50).default(5),
    }),
    output: Jitter,
  },
} as const;
