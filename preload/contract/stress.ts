import { z } from 'zod';
import { Interval } from './calibrations.ts';
import { JobId } from './ids.ts';

/** What is done to the pictures; strengths are fixed, so that two models or archives meet the same. */
export const Perturbation = z.enum([
  'rotate-10',
  'rotate-90',
  'rotate-180',
  'rotate-270',
  'window-darker',
  'window-brighter',
  'window-narrow',
  'window-wide',
  'stain-weak',
  'stain-strong',
  'stain-blue',
  'stain-pink',
  'blur-1',
  'blur-2',
  'crop-90',
  'crop-75',
]);
export type Perturbation = z.infer<typeof Perturbation>;

/** `window` is of DICOM pictures that have one, `stain` of slides and of pictures that look stained. */
export const PerturbationFamily = z.enum(['rotation', 'window', 'stain', 'blur', 'crop']);
export type PerturbationFamily = z.infer<typeof PerturbationFamily>;

/** A figure of the same pictures before and after they were changed. */
const Drop = z.object({
  figure: z.string(),
  before: z.number(),
  after: z.number(),
  /** after − before, resampled by patient, both together. */
  difference: Interval.nullable(),
});
export type Drop = z.infer<typeof Drop>;

export const StressFigures = z.object({
  perturbation: Perturbation,
  family: PerturbationFamily,
  /** What was done, with its strength. */
  words: z.string(),
  /** Pictures that were changed. */
  n: z.int(),
  /** Queries of each task, before and after: not every picture has a label that others have, or words. */
  queries: z.object({ self: z.int(), alike: z.int(), byWords: z.int() }),
  /** Between a picture's vector and that of the changed one: the mean. */
  cosine: Interval.nullable(),
  /** Place at which a picture finds itself among all: the median. */
  selfRank: z.object({ before: z.number(), after: z.number() }),
  /** Changed pictures that look for themselves in the archive. */
  self: z.array(Drop),
  /** That look for others with a label of theirs, of other patients; null without labels. */
  alike: z.array(Drop).nullable(),
  /** That are looked for with their words; null without words. */
  byWords: z.array(Drop).nullable(),
});
export type StressFigures = z.infer<typeof StressFigures>;

export const StressSet = z.object({
  /** Items whose pictures were changed. */
  sampled: z.int(),
  /**
   * Items they were ranked among: all, or of a very large archive a fixed random sample with those that were changed, and
   * of each a fixed random sample of its tiles.
   */
  ranked: z.int(),
  /** Items that could not be read, and were left out. */
  unread: z.int(),
  /** Labelled pictures, and pairs of words and picture, that took part. */
  labelled: z.int(),
  pairs: z.int(),
  perturbations: z.array(StressFigures),
});
export type StressSet = z.infer<typeof StressSet>;

export const StressRequest = z.object({
  name: z.string().trim().min(1).max(120).default('stress set'),
  /** A table of what is right, as `evaluation.truth` takes it: its items are changed. */
  truth: z.string().min(1).max(50_000_000).optional(),
  /** Words of a label's query; `{label}` stands for the label. */
  template: z.string().min(1).max(200).default('{label}'),
  /** Looks for pictures with the captions that the archive has of them. */
  captions: z.boolean().default(false),
  /** Most items that are changed: a fixed random sample. */
  sample: z.int().min(2).max(5_000).default(300),
  families: z
    .array(PerturbationFamily)
    .min(1)
    .default([...PerturbationFamily.options]),
});
export type StressRequest = z.infer<typeof StressRequest>;

export const stressMethods = {
  /**
   * Changes pictures as devices and readers do, and measures what retrieval loses. Stored as an evaluation; the vectors of
   * changed pictures are not.
   */
  'evaluation.stress': { input: StressRequest, output: z.object({ jobId: JobId }) },
} as const;
