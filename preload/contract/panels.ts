import { z } from 'zod';
import { ItemId } from './ids.ts';

/** A term of a vocabulary as `system|code|display`: `SNOMED CT|44108003|Lymphocytic infiltrate`. */
export const ConceptCode = z.string().regex(/^[^|\n]{1,60}\|[^|\n]{1,60}\|[^|\n]{0,300}$/);

export const PanelLabel = z.object({
  name: z.string().trim().min(1).max(200),
  /** Other wordings of the same; each is put into each template. */
  synonyms: z.array(z.string().trim().min(1).max(300)).max(50).default([]),
  /** Wordings of its absence, for panels of independent labels; left out, a general one is used. */
  negatives: z.array(z.string().trim().min(1).max(300)).max(50).default([]),
  /** Another label of the panel that this one is a kind of. Parents are sums of their children, not prompts. */
  parent: z.string().trim().min(1).max(200).nullable().default(null),
  /** What is left when no other label fits: its own name, being a negation, is no wording. */
  none: z.boolean().default(false),
  codes: z.array(ConceptCode).max(20).default([]),
});
export type PanelLabel = z.infer<typeof PanelLabel>;

export const Panel = z.object({
  name: z.string().trim().min(1).max(120),
  /** `exclusive`: one label per item, a softmax; `independent`: any that apply, each against its absence. */
  mode: z.enum(['exclusive', 'independent']).default('exclusive'),
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
  /** Of a slide: how many of each label's best tiles stand for it. */
  topTiles: z.int().min(1).max(100).default(50),
});
export type Panel = z.infer<typeof Panel>;
/** A panel as people write it: defaults may be left out. */
export type PanelInput = z.input<typeof Panel>;

export const VersionId = z.int().positive();

export const PanelVersion = z.object({
  versionId: VersionId,
  /** 1, 2, …; a version is never changed, only followed. */
  number: z.int().positive(),
  /** SHA-256 of the content, without the name. */
  hash: z.string(),
  panel: Panel,
  at: z.string(),
  by: z.string(),
});
export type PanelVersion = z.infer<typeof PanelVersion>;

export const PanelChange = z.object({
  is: z.enum(['added', 'removed', 'changed']),
  /** `mode`, `template`, `label`, `synonym`, …, and of which label. */
  what: z.string(),
  label: z.string().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
});
export type PanelChange = z.infer<typeof PanelChange>;

/** Who decides: a name that the reader chose, kept with every decision. */
export const Reader = z.string().trim().min(1).max(60);

export const panelMethods = {
  /** Saved panels, the one changed last first, each with its versions, the newest first. */
  'panel.list': {
    input: z.object({}),
    output: z.object({
      panels: z.array(z.object({ name: z.string(), versions: z.array(PanelVersion) })),
    }),
  },
  /** Keeps the content as the panel's next version; the same content again is the version that it was. */
  'panel.save': {
    input: z.object({ panel: Panel, by: Reader.default('reader') }),
    output: PanelVersion.extend({ added: z.boolean() }),
  },
  'panel.compare': {
    input: z.object({ from: Panel, to: Panel }),
    output: z.object({ changes: z.array(PanelChange) }),
  },
  /** Panels to begin with; they are copies, and worth changing. */
  'panel.library': {
    input: z.object({}),
    output: z.object({ panels: z.array(z.object({ about: z.string(), panel: Panel })) }),
  },
  'panel.export': {
    input: z.object({ panel: Panel, as: z.enum(['json', 'csv']) }),
    output: z.object({ text: z.string(), fileName: z.string() }),
  },
  /** Reads what `panel.export` writes, or a CSV with at least a column `label`; nothing is saved. */
  'panel.import': {
    input: z.object({ text: z.string().min(1).max(2_000_000), name: z.string().max(120).optional() }),
    output: z.object({ panel: Panel }),
  },
  /** What the model makes of the words, without any picture. */
  'panel.words': {
    input: z.object({ panel: Panel }),
    output: z.object({
      /** Cosine between label vectors, the closest pair first, at most 200. */
      pairs: z.array(z.object({ a: z.string(), b: z.string(), cosine: z.number() })),
      prompts: z.int(),
      longestTokens: z.int(),
      contextLength: z.int(),
      truncated: z.array(z.string()),
      /** Labels with words that the model never met in training; empty too where nobody knows which it met. */
      unlearned: z.array(z.object({ label: z.string(), words: z.array(z.string()) })),
    }),
  },
  /** The prompt lab: how close each wording of each label, over the templates, comes to some items. */
  'panel.wordings': {
    input: z.object({ panel: Panel, itemIds: z.array(ItemId).min(1).max(500) }),
    output: z.object({
      wordings: z.array(
        z.object({
          label: z.string(),
          wording: z.string(),
          /** Mean cosine over the items. */
          score: z.number(),
          /** Items whose first label is another one when this wording is left out. */
          changes: z.int(),
        }),
      ),
      items: z.int(),
    }),
  },
} as const;
