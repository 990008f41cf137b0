import { z } from 'zod';
import { EvaluationId, ItemId, Sha256 } from './ids.ts';
import { Perturbation, StressSet } from './stress.ts';

const Interval = z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable();
const byDepth = <T extends z.ZodType>(value: T) => z.object({ 1: value, 5: value, 10: value, 50: value });

export const RetrievalFigures = z.object({
  /** Queries that were asked. */
  n: z.int(),
  /** Mean of 1 / place of the first right answer. */
  mrr: z.number(),
  /** Share of queries with a right answer among the first so many. */
  recall: byDepth(z.number()),
  ndcg10: z.number(),
  map: z.number(),
  /** 95 %, by resampling patients; null with fewer than two. */
  intervals: z.object({ mrr: Interval, recall: byDepth(Interval), ndcg10: Interval, map: Interval }),
});
export type RetrievalFigures = z.infer<typeof RetrievalFigures>;

export const Direction = z.enum(['textToImage', 'imageToText', 'imageToImage']);
export type Direction = z.infer<typeof Direction>;

/** Figures of what is right within one modality or source; right answers elsewhere are taken out of the lists. */
const Split = z.object({
  value: z.string(),
  textToImage: RetrievalFigures.nullable(),
  imageToText: RetrievalFigures.nullable(),
  imageToImage: RetrievalFigures.nullable(),
});
export type Split = z.infer<typeof Split>;

const Ran = z.object({
  evaluationId: z.int().positive(),
  name: z.string(),
  /** Items that were ranked: all of the archive that have a vector. */
  items: z.int(),
  texts: z.int(),
  /** Lines about items that are not in the archive. */
  unknownItems: z.int(),
  byModality: z.array(Split),
  bySource: z.array(Split),
  model: z.object({ id: z.string(), identity: z.string() }),
  generation: z.int(),
  at: z.string(),
});

/** Texts that look for their pictures, and the other way round; every text is asked once. */
export const CaptionEvaluation = RetrievalFigures.extend({
  ...Ran.shape,
  imageToText: RetrievalFigures,
});
export type CaptionEvaluation = z.infer<typeof CaptionEvaluation>;

/** Labels, or queries of the table, that look for their pictures; and labelled pictures that look for others. */
export const TruthEvaluation = RetrievalFigures.extend({
  ...Ran.shape,
  asked: z.enum(['labels', 'queries']),
  /** Null where the table has no labels, or no label is on pictures of two patients. */
  imageToImage: RetrievalFigures.nullable(),
  /** Labelled pictures for which no picture of another patient is right. */
  unanswerable: z.int(),
  /** Labelled pictures that could have asked; more than some thousands are sampled. */
  labelled: z.int(),
});
export type TruthEvaluation = z.infer<typeof TruthEvaluation>;

const Name = z.string().trim().min(1).max(120);

/** An evaluation that was run, as it was stored. */
export const StoredEvaluation = z.object({
  evaluationId: z.int().positive(),
  kind: z.enum(['captions', 'truth', 'stress']),
  name: z.string(),
  model: z.object({ id: z.string(), identity: z.string() }),
  generation: z.int(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  textToImage: RetrievalFigures.nullable(),
  imageToText: RetrievalFigures.nullable(),
  imageToImage: RetrievalFigures.nullable(),
  at: z.string(),
});
export type StoredEvaluation = z.infer<typeof StoredEvaluation>;

/** A query that was answered badly. */
export const HardQuery = z.object({
  /** Words that were asked; null for a picture, and for words that may name a person, which are not kept. */
  text: z.string().nullable(),
  /** The picture that asked; null for words. */
  itemId: ItemId.nullable(),
  /** What should have come first: the best placed of it, by item where it is one. */
  rightItemId: ItemId.nullable(),
  /** Place of the first right answer. */
  first: z.int(),
  /** Right answers there were. */
  right: z.int(),
});
export type HardQuery = z.infer<typeof HardQuery>;

/** One evaluation with everything that was kept of it. */
export const OpenedEvaluation = StoredEvaluation.extend({
  byModality: z.array(Split),
  bySource: z.array(Split),
  /** Worst first; empty for evaluations that were run before these were kept. */
  hardest: z.object({
    textToImage: z.array(HardQuery),
    imageToText: z.array(HardQuery),
    imageToImage: z.array(HardQuery),
  }),
  /** Of a stress set. */
  stress: StressSet.nullable(),
});
export type OpenedEvaluation = z.infer<typeof OpenedEvaluation>;

const FigureChange = z.object({
  figure: z.string(),
  before: z.number(),
  after: z.number(),
  /** after − before, resampled by patient, both together. */
  difference: Interval,
  better: z.enum(['before', 'after', 'neither']),
});

export const EvaluationComparison = z.object({
  before: StoredEvaluation,
  after: StoredEvaluation,
  directions: z.array(
    z.object({
      direction: Direction,
      /** Queries that both asked; the others say nothing about a difference. */
      matched: z.int(),
      onlyBefore: z.int(),
      onlyAfter: z.int(),
      changes: z.array(FigureChange),
    }),
  ),
  /** Of two stress sets: each change of pictures by itself, where both have made it; of those kept before this was, none. */
  perturbations: z.array(
    z.object({
      perturbation: Perturbation,
      words: z.string(),
      matched: z.int(),
      changes: z.array(FigureChange),
    }),
  ),
  /** What besides the model differs, in words. */
  notices: z.array(z.string()),
});
export type EvaluationComparison = z.infer<typeof EvaluationComparison>;

const evaluationId = EvaluationId;

export const evaluationMethods = {
  /** How well captions find their pictures in the archive, and pictures their captions. Stored. */
  'search.evaluate': {
    input: z.object({
      pairs: z
        .array(
          z.object({
            text: z.string().trim().min(1).max(10_000),
            /** The item, by one of these. */
            itemId: ItemId.optional(),
            sha256: Sha256.optional(),
            path: z.string().max(4096).optional(),
          }),
        )
        .min(1)
        .max(100_000),
      name: Name.default('captions'),
    }),
    output: CaptionEvaluation,
  },
  /**
   * The same by a table of what is right: `label`, or `query` and perhaps `relevance`; the item as `itemId`, `sha256` or
   * `path`; perhaps `patient`. Stored.
   */
  'evaluation.truth': {
    input: z.object({
      text: z.string().min(1).max(50_000_000),
      name: Name.default('truth'),
      /** The words of a label's query; `{label}` stands for the label. */
      template: z.string().min(1).max(200).default('{label}'),
      /** Whether a picture may find others of its own patient; by default they are taken out of its list. */
      samePatient: z.boolean().default(false),
    }),
    output: TruthEvaluation,
  },
  /** The same with the captions or reports that the archive has of its own items. Stored. */
  'evaluation.captions': {
    input: z.object({
      kinds: z
        .array(z.enum(['caption', 'report']))
        .min(1)
        .default(['caption']),
      name: Name.default('captions of the archive'),
    }),
    output: CaptionEvaluation,
  },
  'evaluation.get': { input: z.object({ evaluationId }), output: OpenedEvaluation },
  'evaluation.list': { input: z.object({}), output: z.object({ evaluations: z.array(StoredEvaluation) }) },
  'evaluation.compare': {
    input: z.object({ before: evaluationId, after: evaluationId }),
    output: EvaluationComparison,
  },
  'evaluation.remove': { input: z.object({ evaluationId }), output: z.object({ removed: z.boolean() }) },
} as const;
