import { z } from 'zod';

export const ItemId = z.int().positive().brand<'ItemId'>();
export type ItemId = z.infer<typeof ItemId>;
export const RegionId = z.int().positive().brand<'RegionId'>();
export type RegionId = z.infer<typeof RegionId>;
export const JobId = z.int().positive().brand<'JobId'>();
export type JobId = z.infer<typeof JobId>;
export const RunId = z.int().positive().brand<'RunId'>();
export type RunId = z.infer<typeof RunId>;
export const EvaluationId = z.int().positive();

/** SHA-256 of a file's bytes, lower-case hex. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Id of a model bundle, which is also its folder's name. */
export const ModelId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);

/** Name of a derived file below `Bridge.mediaBase`, made of a content hash: cacheable for ever. */
export const MediaPath = z
  .string()
  .regex(/^(thumb|full|view|frame)\/[0-9a-f]{2}\/[0-9a-f]{64}\.(webp|png|bin)$/);

/** A tile of a slide for the viewer: the slide's content hash, level, column and row. Cacheable for ever. */
export const TilePath = z.string().regex(/^tile\/[0-9a-f]{64}\/\d{1,2}\/\d{1,6}_\d{1,6}\.jpg$/);

export const FaultShape = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type FaultShape = z.infer<typeof FaultShape>;
