import { z } from 'zod';
import { ItemId, MediaPath, RunId } from './ids.ts';
import { Panel, Reader } from './panels.ts';

/** A value with its 95 % interval. */
export const Interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type Interval = z.infer<typeof Interval>;

export const Method = z.enum(['temperature', 'vector', 'isotonic']);
export type Method = z.infer<typeof Method>;

/** A map from scores to probabilities. */
export const Fitted = z.discriminatedUnion('is', [
  z.object({ is: z.literal('temperature'), temperature: z.number().positive() }),
  /** Per label: factor and addend of its logit. */
  z.object({ is: z.literal('vector'), weights: z.array(z.number()), biases: z.array(z.number()) }),
  /** Rising curves over the uncalibrated probability: of each independent label, or of the second of two exclusive ones. */
  z.object({
    is: z.literal('isotonic'),
    curves: z.array(z.object({ x: z.array(z.number()), y: z.array(z.number()) })),
  }),
]);
export type Fitted = z.infer<typeof Fitted>;

export const ReliabilityBin = z.object({
  low: z.number(),
  high: z.number(),
  n: z.int(),
  confidence: z.number().nullable(),
  /** Share that was right, with its Wilson interval; null in an empty bin. */
  accuracy: Interval.nullable(),
});
export type ReliabilityBin = z.infer<typeof ReliabilityBin>;

/** One half of the cases as a calibration meets it: before, or after. */
const Measured = z.object({
  ece: Interval,
  brier: Interval,
  bins: z.array(ReliabilityBin),
});

export const Calibration = z.object({
  calibrationId: z.int().positive(),
  panel: z.string(),
  version: z.int().nullable(),
  modelId: z.string(),
  scorer: z.enum(['words', 'probe']),
  method: Method,
  fitted: Fitted,
  /** Reviewed cases that it was fitted to, and others, of other patients, that the figures are of. */
  fit: z.object({ items: z.int(), patients: z.int() }),
  report: z.object({ items: z.int(), patients: z.int() }),
  after: Measured,
  before: Measured,
  /** In which calibration error chance alone puts a perfectly calibrated model with these probabilities, 95 %. */
  perfect: z.object({ low: z.number(), high: z.number() }),
  accuracy: Interval.nullable(),
  classes: z.array(z.object({ label: z.string(), n: z.int(), ece: z.number(), brier: z.number() })),
  /** Accuracy of the most confident share, and the line that leaves that share. */
  coverage: z.array(z.object({ coverage: z.number(), accuracy: z.number(), threshold: z.number() })),
  /** Only of exclusive panels with enough cases. `held`: share of the reported cases whose set had the right label. */
  conformal: z.array(
    z.object({ alpha: z.number(), quantile: z.number(), held: z.number(), meanSize: z.number() }),
  ),
  /** The line for "uncertain"; null: never. */
  threshold: z.number().nullable(),
  /** Why its probabilities no longer count; null while they do. */
  stale: z.enum(['panel', 'probe', 'model', 'replaced']).nullable(),
  by: z.string(),
  at: z.string(),
});
export type Calibration = z.infer<typeof Calibration>;

/** What a person, or a file, says about items: by id, content hash or path. */
const Truth = z.array(
  z.object({
    itemId: ItemId,
    labels: z.array(z.string()).max(200),
    patient: z.string().nullable().default(null),
  }),
);

export const Evaluation = z.object({
  n: z.int(),
  patients: z.int(),
  /** Items that were not decided; they count in no figure but this and `coverage`. */
  uncertain: z.int(),
  coverage: z.number(),
  labels: z.array(z.string()),
  /** Rows are what is right, columns what was said; of an independent panel one table per label: absent, present. */
  confusion: z.array(z.array(z.int())),
  /** Row by row of `confusion`: cases that were called uncertain, and stand in no column. */
  undecided: z.array(z.int()),
  accuracy: Interval.nullable(),
  macroF1: z.number().nullable(),
  classes: z.array(
    z.object({
      label: z.string(),
      n: z.int(),
      sensitivity: Interval.nullable(),
      specificity: Interval.nullable(),
      precision: Interval.nullable(),
      f1: z.number().nullable(),
      auroc: z.number().nullable(),
    }),
  ),
  ece: Interval.nullable(),
  brier: Interval.nullable(),
  /** Share of each label among the cases; predictive values hold only where the shares are like these. */
  prevalence: z.array(z.object({ label: z.string(), share: z.number() })),
});
export type Evaluation = z.infer<typeof Evaluation>;

export const ProbeReport = z.object({
  probeId: z.int().positive(),
  panel: z.string(),
  modelId: z.string(),
  /** Labels that it knows; a label of the panel with too few examples is not among them. */
  labels: z.array(z.string()),
  trained: z.object({ items: z.int(), patients: z.int() }),
  held: z.object({ items: z.int(), patients: z.int() }),
  /** Accuracy on held-out patients. */
  probe: Interval.nullable(),
  words: Interval.nullable(),
  /** Of the difference probe − words, resampled by patient. */
  difference: Interval.nullable(),
  verdict: z.enum(['probe', 'words', 'too-close', 'too-few']),
  tookMs: z.number(),
  at: z.string(),
  by: z.string(),
});
export type ProbeReport = z.infer<typeof ProbeReport>;

export const calibrationMethods = {
  /**
   * Reads a table of what is right: a column `label` (several apart by `|`), the item as `itemId`, `sha256` or `path`, and
   * perhaps `patient`.
   */
  'truth.read': {
    input: z.object({ text: z.string().min(1).max(50_000_000) }),
    output: z.object({ truth: Truth, unknownItems: z.int() }),
  },
  /**
   * Fits to one half of the patients and reports on the other. Without `truth`: on reviewed items of the panel that no
   * two readers dispute.
   */
  'calibration.fit': {
    input: z.object({
      panel: Panel,
      method: Method.optional(),
      truth: Truth.max(200_000).optional(),
      /** Calibrates this probe in place of the words, on what such probes say of patients that they have not met. */
      probeId: z.int().positive().optional(),
      by: Reader.default('reader'),
    }),
    output: Calibration,
  },
  /** Calibrations of a panel, newest first, stale ones too. */
  'calibration.list': {
    input: z.object({ panel: Panel }),
    output: z.object({
      calibrations: z.array(Calibration),
      /** How many reviewed items there are, and how many there must be. */
      reviewed: z.int(),
      needed: z.int(),
    }),
  },
  /** Moves the line for "uncertain". */
  'calibration.threshold': {
    input: z.object({ calibrationId: z.int().positive(), below: z.number().min(0).max(1).nullable() }),
    output: Calibration,
  },
  /** What a run was worth against what is right. Without `truth`: against reviewed items. */
  'label.evaluate': {
    input: z.object({ runId: RunId, truth: Truth.max(200_000).optional() }),
    output: Evaluation,
  },
  /** The reviewed items behind one cell of the confusion table. */
  'label.cell': {
    input: z.object({
      runId: RunId,
      /** Of an independent panel, whose table it is; `truth` and `said` are then `present` or `absent`. */
      label: z.string().optional(),
      truth: z.string(),
      /** A label, or `uncertain`. */
      said: z.string(),
      limit: z.int().min(1).max(1000).default(200),
    }),
    output: z.object({
      items: z.array(z.object({ itemId: ItemId, path: z.string(), thumb: MediaPath.nullable() })),
      total: z.int(),
    }),
  },
  /** Fits a linear probe to reviewed items and compares it with the words on held-out patients. */
  'probe.fit': {
    input: z.object({ panel: Panel, truth: Truth.max(200_000).optional(), by: Reader.default('reader') }),
    output: ProbeReport,
  },
  'probe.list': {
    input: z.object({ panel: z.string() }),
    output: z.object({ probes: z.array(ProbeReport) }),
  },
} as const;
