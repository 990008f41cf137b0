import { z } from 'zod';
import { ModelId, MediaPath, Sha256 } from './ids.ts';
import { Item } from './items.ts';
import { Chip, searchMethods, Weight } from './search.ts';

/** What is asked, without which piece of the answer: everything that `search.run` takes but its cuts. */
export const Rules = searchMethods['search.run'].input.omit({
  limit: true,
  offset: true,
  snapshot: true,
  logged: true,
});
export type Rules = z.output<typeof Rules>;

const SavedName = z.string().trim().min(1).max(120);
const savedId = z.int().positive();

/** What a search found on a day: what stands out, or the first hundred where less does. */
export const SavedResult = z.object({
  resultId: z.int().positive(),
  at: z.string(),
  /** Bundle and identity of the model that ranked it; another model's similarities mean something else. */
  modelId: ModelId,
  identity: z.string(),
  generation: z.int(),
  /** Version of the dictionary of abbreviations. */
  dictionary: z.string(),
  formula: z.string(),
  total: z.int(),
  standOut: z.int(),
  /** Places that were kept; the first `standOut` of them stand out. */
  kept: z.int(),
  line: z.number(),
  drawn: z.enum(['by-words', 'plain', 'asked']),
});
export type SavedResult = z.infer<typeof SavedResult>;

export const SavedSearch = z.object({
  savedId,
  name: SavedName,
  savedAt: z.string(),
  /** As `search.run` takes it; null where an item of the query is no longer in the archive. */
  rules: Rules.nullable(),
  /** In words, whoever asks; items and pictures by number and hash. */
  formula: z.string(),
  /** Pictures of the query; `thumb` is null where the identity check did not clear one. */
  pictures: z.array(z.object({ imageId: Sha256, thumb: MediaPath.nullable() })),
  /** The newest of the model in use, else of any. */
  result: SavedResult,
  /** Whether the model in use ranked it, so that it can be compared with what is found now. */
  comparable: z.boolean(),
});
export type SavedSearch = z.infer<typeof SavedSearch>;

/**
 * Why an item is among those that stand out now and was not then, or the other way round. Each is computed from what is
 * stored: `imported` since; `read` by the model since; `replaced`, its file has other content; `removed` from the archive;
 * `no-vector`; `filter` does not let it through, or does now; `line` moved; `query`, abbreviations are written out
 * otherwise; `score`, the item was read anew; `group`, another of its group comes first; `depth`, deeper than is kept;
 * `rank` in an order by words; `apart`, it shares what results must not share with the query; `unknown`, none of these.
 */
export const ChangeReason = z.enum([
  'imported',
  'read',
  'replaced',
  'removed',
  'no-vector',
  'filter',
  'line',
  'query',
  'score',
  'group',
  'depth',
  'rank',
  'apart',
  'unknown',
]);
export type ChangeReason = z.infer<typeof ChangeReason>;

const Standing = z.object({ place: z.int(), similarity: z.number(), lift: z.number(), above: z.boolean() });

export const SavedChange = z.object({
  /** Null where it is no longer in the archive. */
  item: Item.nullable(),
  sha256: Sha256,
  reason: ChangeReason,
  /** The reason with its numbers, as a sentence. */
  why: z.string(),
  then: Standing.nullable(),
  now: Standing.nullable(),
});
export type SavedChange = z.infer<typeof SavedChange>;

export const SavedComparison = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('compared'),
    was: SavedResult,
    now: SavedResult.omit({ resultId: true }),
    stayed: z.int(),
    newTotal: z.int(),
    goneTotal: z.int(),
    /** The first of them by place, with the reason. */
    new: z.array(SavedChange),
    gone: z.array(SavedChange),
  }),
  /** Similarities of two models are never compared. */
  z.object({ is: z.literal('other-model'), was: SavedResult, modelId: ModelId, identity: z.string() }),
]);
export type SavedComparison = z.infer<typeof SavedComparison>;

const [TextChip, ImageChip] = Chip.options;
const StableChip = z.discriminatedUnion('type', [
  TextChip,
  ImageChip,
  z.object({ type: z.literal('item'), sha256: Sha256, weight: Weight }),
  z.object({
    type: z.literal('region'),
    sha256: Sha256,
    kind: z.enum(['whole', 'frame', 'tile', 'roi']),
    frame: z.int(),
    level: z.int(),
    x: z.number(),
    y: z.number(),
    w: z.number(),
    h: z.number(),
    windowName: z.string().max(60).nullable(),
    weight: Weight,
  }),
]);
/** A part of a query as it is kept and handed on: items by content, regions by place. */
export type StableChip = z.infer<typeof StableChip>;

export const StableRules = Rules.extend({ chips: z.array(StableChip).min(1).max(20) });
export type StableRules = z.infer<typeof StableRules>;

/** A float32 vector of at most 4096 values, little-endian, base64. */
const Vector = z.string().max(22_000);

/** As it goes from archive to archive: items by content, nothing that names a file. */
export const SavedDocument = z.object({
  format: z.literal('vitrine-saved-search-1'),
  name: SavedName,
  savedAt: z.iso.datetime(),
  rules: StableRules,
  pictures: z
    .array(
      z.object({
        sha256: Sha256,
        identity: z.string().max(200),
        vector: Vector,
        /** Items that a learned direction leaves out. */
        ownItems: z.array(Sha256).max(100_000),
      }),
    )
    .max(100),
  results: z
    .array(
      SavedResult.omit({ resultId: true, kept: true }).extend({
        at: z.iso.datetime(),
        identity: z.string().max(200),
        dictionary: z.string().max(100),
        formula: z.string().max(5_000),
        median: z.number(),
        spread: z.number(),
        vector: Vector,
        hits: z.array(z.object({ sha256: Sha256, similarity: z.number(), lift: z.number() })).max(5_000),
      }),
    )
    .min(1)
    .max(20),
});
export type SavedDocument = z.infer<typeof SavedDocument>;

export const savedMethods = {
  /** By name. */
  'saved.list': { input: z.object({}), output: z.object({ saved: z.array(SavedSearch) }) },
  'saved.get': {
    input: z.object({ savedId }),
    output: SavedSearch.extend({ results: z.array(SavedResult) }),
  },
  /** Runs a query and keeps it with what it finds. Answered once both are on disk. */
  'saved.save': {
    input: z.object({
      name: SavedName,
      rules: Rules,
      /** Puts it in the place of the search of that name, whose results go: they answer another question. */
      replace: z.boolean().default(false),
    }),
    output: SavedSearch,
  },
  'saved.rename': { input: z.object({ savedId, name: SavedName }), output: SavedSearch },
  /** Can be taken back by `undo.undo`. */
  'saved.remove': { input: z.object({ savedId }), output: z.object({ removed: z.boolean() }) },
  /** What it finds now beside what it found; keeps nothing. */
  'saved.compare': {
    input: z.object({
      savedId,
      /** Left out: the newest result of the model in use. */
      resultId: z.int().positive().optional(),
      /** At most so many new and so many gone ones are listed and explained. */
      limit: z.int().min(1).max(1000).default(200),
    }),
    output: SavedComparison,
  },
  /** Runs it with the model in use and keeps what it finds, beside the results before. */
  'saved.freeze': { input: z.object({ savedId }), output: SavedSearch },
  /** How many have come and gone in each that can be compared; of others nothing is said. */
  'saved.news': {
    input: z.object({}),
    output: z.object({ news: z.array(z.object({ savedId, new: z.int(), gone: z.int() })) }),
  },
  'saved.export': { input: z.object({ savedId }), output: SavedDocument },
  /** Hits and examples that are not in this archive are counted; they are kept, and found when they are imported. */
  'saved.import': {
    input: z.object({ document: SavedDocument, name: SavedName.optional() }),
    output: z.object({ saved: SavedSearch, unknownItems: z.int() }),
  },
} as const;
