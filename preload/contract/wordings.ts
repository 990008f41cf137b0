import { z } from 'zod';
import { Item, Where } from './items.ts';

const Text = z.string().trim().min(1).max(10_000);

/** How alike the results of several wordings of one question are. */
export const WordingComparison = z.object({
  /** First places that are compared. */
  k: z.int(),
  /** So deep each wording was searched; a place below is not known. */
  depth: z.int(),
  wordings: z.array(z.object({ text: z.string(), formula: z.string(), truncatedWords: z.int() })),
  /** Share of the first k that two wordings have in common: one row a wording, in their order. */
  jaccard: z.array(z.array(z.number())),
  /** Rank-biased overlap with p = 0.9: early places count more. */
  rbo: z.array(z.array(z.number())),
  /** Means over all pairs. */
  mean: z.object({ jaccard: z.number(), rbo: z.number() }),
  /** Everything that is among the first k of some wording, the least stable first. */
  items: z.array(
    Item.extend({
      /** Places from 1, one a wording; null: deeper than was searched. */
      ranks: z.array(z.int().nullable()),
      /** Among the first k by one wording and not even among the first 2k by another. */
      isUnstable: z.boolean(),
    }),
  ),
  unstable: z.int(),
});
export type WordingComparison = z.infer<typeof WordingComparison>;

export const wordingMethods = {
  /** Runs several wordings of one question and compares what they find. Abbreviations are written out as in a search. */
  'search.wordings': {
    input: z.object({
      wordings: z.array(Text).max(12).default([]),
      /** Put into each template in place of `{text}`, in addition to the wordings. */
      text: Text.optional(),
      templates: z
        .array(z.string().max(500).includes('{text}'))
        .max(12)
        .default(['{text}', 'a photo of {text}', 'an image showing {text}', '{text} presented in image']),
      where: Where,
      k: z.int().min(1).max(200).default(20),
    }),
    output: WordingComparison,
  },
} as const;
