import { z } from 'zod';
import { ItemId, Sha256 } from './ids.ts';

const Interval = z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable();
const Held = z.object({ auroc: Interval, averagePrecision: Interval }).nullable();

export const learningMethods = {
  /**
   * Learns from examples what to look for. What it learned is held in memory and is a part of queries like a picture, by
   * its `imageId`; answers leave the examples out.
   */
  'search.learn': {
    input: z.object({
      wanted: z.array(ItemId).min(1).max(1000),
      unwanted: z.array(ItemId).max(1000).default([]),
    }),
    output: z.object({
      imageId: Sha256,
      name: z.string(),
      /** `rocchio`, a difference of means, where there are fewer than `needed` of either kind, or of one patient. */
      method: z.enum(['separator', 'rocchio']),
      needed: z.int(),
      wanted: z.int(),
      unwanted: z.int(),
      /** How well patients that were left out are told apart; 0.5 of AUROC is chance. Null where there are too few. */
      held: Held,
      /** The same of Rocchio, where a separator is used. */
      other: Held,
    }),
  },
} as const;
