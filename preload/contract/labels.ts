import { z } from 'zod';
import { ItemId, JobId, MediaPath, RunId } from './ids.ts';
import { Where } from './items.ts';
import { Panel } from './panels.ts';

export const Ranked = z.array(
  z.object({
    label: z.string(),
    /** The cosine; of a probe, its logit. */
    score: z.number(),
    /** By the run's own rule; uncalibrated unless the run says otherwise. */
    probability: z.number(),
  }),
);

export const Prediction = z.object({
  itemId: ItemId,
  path: z.string(),
  thumb: MediaPath.nullable(),
  /** Best first; labels that are parents of others stand in `groups`. */
  ranked: Ranked,
  /** Parents with the sum (independent labels: the largest) of their children's probabilities. */
  groups: z.array(z.object({ label: z.string(), probability: z.number() })),
  /** "Uncertain": below the run's line, or more than one label, or none, in the conformal set. */
  abstain: z.boolean(),
});
export type Prediction = z.infer<typeof Prediction>;

/** When a run says "uncertain". */
export const Abstention = z.union([
  z.object({ is: z.literal('never') }),
  /** The best probability is below the line. */
  z.object({ is: z.literal('threshold'), below: z.number().min(0).max(1) }),
  /** The set that holds the right label in 1 − alpha of cases has not exactly one label. */
  z.object({ is: z.literal('conformal'), alpha: z.number(), quantile: z.number() }),
]);
export type Abstention = z.infer<typeof Abstention>;

export const PanelRun = z.object({
  runId: RunId,
  panel: Panel,
  /** Number of the saved version of the same content; null for a panel that is not saved. */
  version: z.int().nullable(),
  modelId: z.string(),
  logitScale: z.number(),
  /** What scored: the words, or a probe that was fitted to reviewed items. */
  scorer: z.enum(['words', 'probe']),
  calibrated: z.boolean(),
  calibrationId: z.int().nullable(),
  abstention: Abstention,
  items: z.int(),
  /** Items without a vector of this model: not labelled. */
  left: z.int(),
  uncertain: z.int(),
  tookMs: z.number(),
  at: z.string(),
  /**
   * How many certain items have each label first, in the panel's order; of independent labels how many items have it above
   * one half and above the run's line.
   */
  first: z.array(z.object({ label: z.string(), items: z.int() })),
  truncatedPrompts: z.int(),
});
export type PanelRun = z.infer<typeof PanelRun>;

export const RunRequest = z.object({
  panel: Panel,
  where: Where,
  itemIds: z.array(ItemId).max(100_000).optional(),
  /** Uses the calibration of this panel and model where one is valid. */
  calibrated: z.boolean().default(true),
  /** Left out: the line chosen with the calibration, else never. */
  abstain: z
    .union([
      z.object({ is: z.literal('never') }),
      z.object({ is: z.literal('threshold'), below: z.number().min(0).max(1) }),
      z.object({
        is: z.literal('conformal'),
        alpha: z.union([z.literal(0.05), z.literal(0.1), z.literal(0.2)]),
      }),
    ])
    .optional(),
  /** Scores with this probe instead of the words. */
  probeId: z.int().positive().optional(),
});
export type RunRequest = z.output<typeof RunRequest>;

export const labelMethods = {
  /** Runs a panel over the selection, or over what the filter leaves, on stored vectors; answers when it is done. */
  'label.run': { input: RunRequest, output: PanelRun },
  /** The same, answered at once with the job. */
  'label.start': { input: RunRequest, output: z.object({ jobId: JobId }) },
  'label.runs': { input: z.object({}), output: z.object({ runs: z.array(PanelRun) }) },
  'label.predictions': {
    input: z.object({
      runId: RunId,
      /** Only items that have this label first; of independent labels, that are said to have it. */
      label: z.string().optional(),
      /** Only certain, or only uncertain ones. */
      abstain: z.boolean().optional(),
      order: z.enum(['item', 'probability', 'uncertainty']).default('probability'),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(100_000).default(100),
    }),
    output: z.object({ predictions: z.array(Prediction), total: z.int() }),
  },
  /** Where two runs agree on the items that both labelled, and the items that changed, most certain change first. */
  'label.compare': {
    input: z.object({
      from: RunId,
      to: RunId,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(100),
    }),
    output: z.object({
      both: z.int(),
      agree: z.int(),
      kappa: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
      changed: z.array(
        z.object({
          itemId: ItemId,
          path: z.string(),
          thumb: MediaPath.nullable(),
          from: z.object({ label: z.string(), probability: z.number() }),
          to: z.object({ label: z.string(), probability: z.number() }),
        }),
      ),
      total: z.int(),
    }),
  },
} as const;
