import { z } from 'zod';
import { ItemId, Sha256 } from './ids.ts';
import { Item, Where } from './items.ts';
import { Chip } from './search.ts';

export const JudgedVerdict = z.enum(['yes', 'no', 'skip']);
export type JudgedVerdict = z.infer<typeof JudgedVerdict>;

const Reader = z.string().trim().min(1).max(80).default('reader');
const Chips = z.array(Chip).min(1).max(20);
const judgingId = z.int().positive();
const Band = z.object({ from: z.int().positive(), to: z.int().positive() });

/** A sample of the hits of a query, spread over their scores, and what people said of it. */
export const Judging = z.object({
  judgingId,
  chips: Chips,
  where: z.array(z.string()),
  formula: z.string(),
  generation: z.int(),
  /** Hits that the sample speaks for: places 1 to this. */
  depth: z.int(),
  bands: z.array(Band),
  /** In the order in which they are to be shown, which is not that of rank. */
  items: z.array(
    z.object({
      item: Item,
      place: z.int(),
      similarity: z.number(),
      lift: z.number(),
      verdict: JudgedVerdict.nullable(),
    }),
  ),
  judged: z.int(),
  right: z.int(),
  /** Precision of the first so many hits with its 95 % interval; only where it can be said. */
  curve: z.array(
    z.object({ place: z.int(), lift: z.number(), precision: z.number(), low: z.number(), high: z.number() }),
  ),
  at: z.string(),
});
export type Judging = z.infer<typeof Judging>;

/** As it goes from archive to archive: items by content. */
export const JudgingDocument = z.object({
  format: z.literal('vitrine-judging-1'),
  modelIdentity: z.string(),
  chips: Chips,
  where: z.array(z.string().max(500)).max(50),
  formula: z.string().max(100_000),
  bands: z.array(Band).max(100),
  items: z
    .array(
      z.object({
        sha256: Sha256,
        place: z.int().positive(),
        similarity: z.number(),
        lift: z.number(),
        verdict: JudgedVerdict.nullable(),
        reader: z.string().max(80).nullable(),
      }),
    )
    .max(1000),
});
export type JudgingDocument = z.infer<typeof JudgingDocument>;

export const judgingMethods = {
  /** Draws hits of a query to be judged, as many of each band of scores as there are. */
  'judging.start': {
    input: z.object({ chips: Chips, where: Where, count: z.int().min(6).max(500).default(30) }),
    output: Judging,
  },
  'judging.get': { input: z.object({ judgingId }), output: Judging },
  'judging.list': {
    input: z.object({}),
    output: z.object({ judgings: z.array(Judging.omit({ items: true })) }),
  },
  /** The latest of this very query with the model in use; null where nobody judged it. */
  'judging.ofQuery': {
    input: z.object({ chips: Chips, where: Where }),
    output: z.object({ judging: Judging.nullable() }),
  },
  /** Answered once it is on disk. */
  'judging.judge': {
    input: z.object({ judgingId, itemId: ItemId, verdict: JudgedVerdict, reader: Reader }),
    output: Judging,
  },
  /** Takes the reader's last judgement back; `itemId` says of which item it was, null where there was none. */
  'judging.undo': {
    input: z.object({ judgingId, reader: Reader }),
    output: z.object({ itemId: ItemId.nullable(), judging: Judging }),
  },
  'judging.remove': { input: z.object({ judgingId }), output: z.object({ removed: z.boolean() }) },
  'judging.export': { input: z.object({ judgingId }), output: JudgingDocument },
  /** Items that are not in the archive are left out and counted. */
  'judging.import': {
    input: z.object({ document: JudgingDocument }),
    output: z.object({ judging: Judging, unknownItems: z.int() }),
  },
} as const;
