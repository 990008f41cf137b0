import { z } from 'zod';

export const ShortForm = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}]+(?:[-&][\p{L}\p{N}]+)*$/u)
  .max(20);

const Meaning = z.object({
  text: z.string().trim().min(1).max(200),
  /** DICOM modalities in which it is the usual meaning; SM stands for slides. */
  modalities: z
    .array(z.string().regex(/^[A-Z]{2,16}$/))
    .max(20)
    .default([]),
});

/** With several meanings it is ambiguous, and a query asks. */
export const AbbreviationEntry = z.object({
  short: ShortForm,
  /** Found only as written; otherwise capitals make no difference. */
  exact: z.boolean().default(false),
  meanings: z.array(Meaning).min(1).max(12),
});
export type AbbreviationEntry = z.infer<typeof AbbreviationEntry>;

export const ListedAbbreviation = AbbreviationEntry.extend({
  /** Whose it is: the program's list, somebody's own, or the program's with changes. */
  origin: z.enum(['list', 'own', 'changed']),
});

export const AbbreviationList = z.object({
  /** Of the program's list and of the changes: `1+4`. */
  version: z.string(),
  /** Changes made in this archive. */
  revision: z.int(),
  abbreviations: z.array(ListedAbbreviation),
});
export type AbbreviationList = z.infer<typeof AbbreviationList>;

const Done = z.object({ version: z.string(), revision: z.int() });

/** The dictionary of an archive, with which queries are written out. Every change makes a new version of it. */
export const abbreviationMethods = {
  'abbreviations.list': {
    input: z.object({
      /** As it was after so many changes; left out, as it is now. */
      revision: z.int().min(0).optional(),
    }),
    output: AbbreviationList,
  },
  /** Adds entries, or puts them in place of those of the same short form. */
  'abbreviations.set': {
    input: z.object({ abbreviations: z.array(AbbreviationEntry).min(1).max(10_000) }),
    output: Done,
  },
  /** Takes an entry out. */
  'abbreviations.remove': { input: z.object({ short: ShortForm }), output: Done },
  /** Makes an entry what the program's list has. */
  'abbreviations.restore': { input: z.object({ short: ShortForm }), output: Done },
  /** As a table of short, meaning, modalities (apart by `|`), exact; one row a meaning. */
  'abbreviations.export': { input: z.object({}), output: z.object({ name: z.string(), text: z.string() }) },
  /** Sets the entries of such a table; entries that it does not name stay. */
  'abbreviations.import': {
    input: z.object({ text: z.string().max(2_000_000) }),
    output: Done.extend({ imported: z.int() }),
  },
} as const;
