import { z } from 'zod';
import { ItemId, MediaPath, RegionId, Sha256 } from './ids.ts';
import { Item, Where } from './items.ts';

export const Weight = z.number().min(-2).max(2).default(1);

/** One part of a query. The query vector is normalise(Σ weight · normalise(vector)). */
export const Chip = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string().trim().min(1).max(10_000), weight: Weight }),
  /** A picture given by `query.image`; it is not imported. */
  z.object({ type: z.literal('image'), imageId: Sha256, weight: Weight }),
  z.object({ type: z.literal('item'), itemId: ItemId, weight: Weight }),
  z.object({ type: z.literal('region'), regionId: RegionId, weight: Weight }),
]);
export type Chip = z.infer<typeof Chip>;

/** What the order comes from: vectors, the words of attributes, captions and reports, or both lists fused. */
export const Match = z.enum(['meaning', 'both', 'words']);
export type Match = z.infer<typeof Match>;

/** Why a hit is where it is. Places count from 1, before grouping. */
export const Why = z.object({
  /** Place by meaning; null where it lies too deep to count, and where only words were asked. */
  meaningRank: z.int().nullable(),
  /** Place by words; null where none was found, or too deep to count. */
  wordsRank: z.int().nullable(),
  /** Words of the query that the item has. */
  found: z.array(z.string()),
});
export type Why = z.infer<typeof Why>;

export const Hit = Item.extend({
  /** In the whole order, from 0. A place whose item has gone since the first page stays empty. */
  place: z.int(),
  /** Cosine similarity of the best region to the query, in [-1, 1]. Not a probability. */
  similarity: z.number(),
  /** How far above the background: (similarity − median) / spread, spread = 1.4826 · MAD. */
  lift: z.number(),
  region: z.object({
    regionId: RegionId,
    kind: z.enum(['whole', 'frame', 'tile', 'roi']),
    frame: z.int(),
    x: z.number(),
    y: z.number(),
    w: z.number(),
    h: z.number(),
  }),
  /** Left out where the order is by meaning alone. */
  why: Why.optional(),
});
export type Hit = z.infer<typeof Hit>;

export const SearchAnswer = z.object({
  hits: z.array(Hit),
  /** Names this order. Given back with the same query, every page is cut from it, whatever the archive does. */
  snapshot: z.string(),
  /** What the order comes from; `meaning` where another was asked but the query has no words. */
  match: Match,
  /** Items that the filters leave, without the query's own items; by words, those of them that have any. */
  total: z.int(),
  /** How many of them lie above the line, by meaning; by words alone there is no line, and all of them count. */
  standOut: z.int(),
  /** The line, in spreads above the background's median. */
  line: z.number(),
  /**
   * Who drew it: `by-words`, a comparison of the query's words with neutral descriptions; `plain`, the same for every
   * query of pictures and items; `asked`, the caller.
   */
  drawn: z.enum(['by-words', 'plain', 'asked']),
  background: z.object({
    /** Items sampled; the same fixed random sample for every query of this archive. */
    n: z.int(),
    median: z.number(),
    spread: z.number(),
    /** Counts per bin of lift, `from` to `to`. */
    histogram: z.object({
      from: z.number(),
      to: z.number(),
      background: z.array(z.int()),
      results: z.array(z.int()),
    }),
  }),
  /** What was computed: `q = n(1.0·words − 0.8·words)`, and which abbreviations were written out by which dictionary. */
  formula: z.string(),
  abbreviations: z.object({
    /** Version of the dictionary. */
    dictionary: z.string(),
    /** Of the query's words; nothing where they were not to be written out. */
    found: z.array(
      z.object({
        short: z.string(),
        meanings: z.array(z.string()),
        /** What it was written out as; null where it is as typed. */
        used: z.string().nullable(),
        /** Of several meanings the one that is usual in most of the archive's modalities; null where none is. */
        suggested: z.string().nullable(),
      }),
    ),
  }),
  tokens: z.int(),
  truncatedWords: z.int(),
  /** What a person should know before believing the answer. */
  notices: z.array(z.string()),
  /** First places that are in the order that was asked instead of the order of rank. */
  arranged: z.int(),
  tookMs: z.object({ encode: z.number(), search: z.number(), total: z.number() }),
});
export type SearchAnswer = z.infer<typeof SearchAnswer>;

export const Group = z.enum(['patient', 'study', 'series', 'slide']);

/** A scanner is a model of a manufacturer, as headers name it. */
export const ApartFrom = z.enum([...Group.options, 'scanner']);
export type ApartFrom = z.infer<typeof ApartFrom>;

/**
 * In which order what stands out comes. `rank` is what the query asks; `diverse` puts the first 200 so that each is
 * relevant and unlike those before it; `name` and `added` (newest first) sort the first 1000. What comes after is in the
 * order of rank, and no order changes what was found.
 */
export const Arrangement = z.enum(['rank', 'diverse', 'name', 'added']);
export type Arrangement = z.infer<typeof Arrangement>;

export const searchMethods = {
  /** Holds a picture in memory as a query part; the bytes are those of a file of any kind that is imported. */
  'query.image': {
    input: z.object({ bytes: z.instanceof(Uint8Array), name: z.string().max(255).default('picture') }),
    output: z.object({
      imageId: Sha256,
      name: z.string(),
      widthPx: z.int(),
      heightPx: z.int(),
      thumb: MediaPath,
      notes: z.array(z.string()),
    }),
  },
  'search.run': {
    input: z.object({
      chips: z.array(Chip).min(1).max(20),
      where: Where,
      limit: z.int().min(1).max(1000).default(60),
      offset: z.int().min(0).default(0),
      group: Group.optional(),
      /** How many of each group at most. */
      perGroup: z.int().min(1).max(1000).default(1),
      /** Leaves out what has the same patient, study, slide or scanner as an item of the query. */
      apartFrom: ApartFrom.optional(),
      order: Arrangement.default('rank'),
      /** In the diverse order: 1 leaves the order of relevance, 0 counts novelty alone; most of what is first stays first. */
      lambda: z.number().min(0).max(1).default(0.7),
      /** Where the line is drawn, in spreads; left out, it is drawn for the query. */
      line: z.number().min(0).max(20).optional(),
      match: Match.default('meaning'),
      /** Writes abbreviations out by the archive's dictionary; ambiguous ones only by `meanings`. */
      expand: z.boolean().default(true),
      /** What somebody chose, by short form: a meaning, or null to leave it as typed. */
      meanings: z.record(z.string().max(20), z.string().trim().min(1).max(200).nullable()).default({}),
      /** Of an earlier answer to this query: another piece of the same order. */
      snapshot: z.string().max(64).optional(),
      /** False for what a window asks by itself, which is no query of a person. */
      logged: z.boolean().default(true),
    }),
    output: SearchAnswer,
  },
  /** Numbers of all items of an order, in that order: what "select all" means. Those that have gone are left out. */
  'search.ids': {
    input: z.object({
      snapshot: z.string().max(64),
      /** Only those that stand out. */
      above: z.boolean().default(false),
    }),
    output: z.object({ itemIds: z.array(ItemId), total: z.int() }),
  },
} as const;
