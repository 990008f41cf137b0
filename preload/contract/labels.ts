import { z } from 'zod';
import { ItemId, MediaPath, RunId } from './ids.ts';
import { Where } from './items.ts';

export const PanelLabel = z.object({
  name: z.string().trim().min(1).max(200),
  /** Other wordings of the same; each is put into each template. */
  synonyms: z.array(z.string().trim().min(1).max(300)).max(50).default([]),
});

export const Panel = z.object({
  name: z.string().trim().min(1).max(120),
  labels: z.array(PanelLabel).min(2).max(200),
  /** Prompt templates; `{label}` stands for the wording. */
  templates: z
    .array(
      z
        .string()
        .max(300)
        .refine((template) => template.includes('{label}'), 'a template needs {label}'),
    )
    .min(1)
    .max(50)
    .default(['{label}']),
});
export type Panel = z.infer<typeof Panel>;

export const Prediction = z.object({
  itemId: ItemId,
  path: z.string(),
  thumb: MediaPath.nullable(),
  /** Best first. `score` is the cosine; `probability` a softmax over the labels with the bundle's logit scale. */
  ranked: z.array(z.object({ label: z.string(), score: z.number(), probability: z.number() })),
  abstain: z.boolean(),
});
export type Prediction = z.infer<typeof Prediction>;

export const PanelRun = z.object({
  runId: RunId,
  panel: Panel,
  modelId: z.string(),
  logitScale: z.number(),
  calibrated: z.boolean(),
  items: z.int(),
  /** Items without a vector of this model: not labelled. */
  left: z.int(),
  tookMs: z.number(),
  at: z.string(),
  /** How many items have each label first, in the panel's order. */
  first: z.array(z.object({ label: z.string(), items: z.int() })),
  truncatedPrompts: z.int(),
});
export type PanelRun = z.infer<typeof PanelRun>;

export const labelMethods = {
  /** Runs a panel over the selection, or over what the filter leaves, on stored vectors. */
  'label.run': {
    input: z.object({ panel: Panel, where: Where, itemIds: z.array(ItemId).max(100_000).optional() }),
    output: PanelRun,
  },
  'label.runs': { input: z.object({}), output: z.object({ runs: z.array(PanelRun) }) },
  'label.predictions': {
    input: z.object({
      runId: RunId,
      label: z.string().optional(),
      order: z.enum(['item', 'probability', 'uncertainty']).default('probability'),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(100_000).default(100),
    }),
    output: z.object({ predictions: z.array(Prediction), total: z.int() }),
  },
} as const;
