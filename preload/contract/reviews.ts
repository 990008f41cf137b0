import { z } from 'zod';
import { ItemId, MediaPath, RunId } from './ids.ts';
import { Interval } from './calibrations.ts';
import { Ranked } from './labels.ts';
import { Reader } from './panels.ts';

/**
 * `confirm`: the first label is right; `correct`: another one (or other ones) is; `reject`: the first is wrong and
 * the right one is not said; `unsure`: looked at and left open; `skip`: not looked at.
 */
export const Verdict = z.enum(['confirm', 'correct', 'reject', 'unsure', 'skip']);
export type Verdict = z.infer<typeof Verdict>;

export const Review = z.object({
  reviewId: z.int().positive(),
  itemId: ItemId,
  panel: z.string(),
  version: z.int().nullable(),
  runId: RunId.nullable(),
  verdict: Verdict,
  /** What was decided: one label of an exclusive panel, any number of an independent one. */
  labels: z.array(z.string()),
  reader: z.string(),
  at: z.string(),
  undoneAt: z.string().nullable(),
});
export type Review = z.infer<typeof Review>;

export const QueueEntry = z.object({
  itemId: ItemId,
  path: z.string(),
  thumb: MediaPath.nullable(),
  kind: z.enum(['image', 'dicom', 'slide']),
  modality: z.string().nullable(),
  patient: z.string().nullable(),
  ranked: Ranked,
  abstain: z.boolean(),
});
export type QueueEntry = z.infer<typeof QueueEntry>;

export const reviewMethods = {
  /** Items of a run that this reader has not decided yet. */
  'review.queue': {
    input: z.object({
      runId: RunId,
      reader: Reader,
      /** `diverse`: items far from each other, and from what was reviewed, first. */
      order: z.enum(['uncertainty', 'diverse', 'random']).default('uncertainty'),
      /** Only what the run called uncertain. */
      onlyUncertain: z.boolean().default(false),
      /** At most one item per patient, until every patient had one. */
      onePerPatient: z.boolean().default(false),
      /** Only items that somebody else has decided, and not one label of theirs is shown: a second reading. */
      second: z.boolean().default(false),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({ entries: z.array(QueueEntry), left: z.int(), decided: z.int() }),
  },
  /** Items whose label people have settled, the most similar to this item of the run first. */
  'review.nearest': {
    input: z.object({ runId: RunId, itemId: ItemId, limit: z.int().min(1).max(50).default(6) }),
    output: z.object({
      cases: z.array(
        z.object({
          itemId: ItemId,
          path: z.string(),
          thumb: MediaPath.nullable(),
          labels: z.array(z.string()),
          /** Cosine. */
          similarity: z.number(),
        }),
      ),
      /** How many were compared. */
      settled: z.int(),
    }),
  },
  /** Answered only when the decision is on the disk. */
  'review.decide': {
    input: z.object({
      runId: RunId,
      itemId: ItemId,
      verdict: Verdict,
      labels: z.array(z.string()).max(200).default([]),
      reader: Reader,
      /** The suggestion was hidden. */
      blinded: z.boolean().default(false),
      /** From the picture on screen to the answer. */
      tookMs: z.number().min(0).max(86_400_000).nullable().default(null),
    }),
    output: Review,
  },
  /** Takes back this decision, or the reader's latest one; it stays in the record as undone. */
  'review.undo': {
    input: z.object({ reader: Reader, reviewId: z.int().positive().optional() }),
    output: Review.nullable(),
  },
  /** Decisions in force, newest first. */
  'review.list': {
    input: z.object({
      panel: z.string().optional(),
      itemId: ItemId.optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(10_000).default(100),
    }),
    output: z.object({ reviews: z.array(Review), total: z.int() }),
  },
  /** How the review of a panel stands. */
  'review.progress': {
    input: z.object({ panel: z.string() }),
    output: z.object({
      /** Items with a label that nobody disputes, and items on which readers differ. */
      reviewed: z.int(),
      disputed: z.int(),
      labels: z.array(z.object({ label: z.string(), items: z.int() })),
      readers: z.array(
        z.object({
          reader: z.string(),
          items: z.int(),
          /** Of the decisions that saw a suggestion: how many confirmed it. */
          confirmed: z.int(),
          medianMs: z.number().nullable(),
        }),
      ),
      /** Cohen's kappa of each two readers over the items that both decided. */
      agreement: z.array(
        z.object({ a: z.string(), b: z.string(), items: z.int(), kappa: Interval.nullable() }),
      ),
    }),
  },
  /** Every decision of a panel, undone ones too, as CSV. */
  'review.export': {
    input: z.object({ panel: z.string() }),
    output: z.object({ text: z.string(), fileName: z.string(), rows: z.int() }),
  },
  /** Reads such a CSV: decisions on items that this archive has, by content hash. What it has already is left, or taken back where it was since. */
  'review.import': {
    input: z.object({ panel: z.string(), text: z.string().min(1).max(50_000_000) }),
    output: z.object({ added: z.int(), known: z.int(), unknownItems: z.int() }),
  },
} as const;
