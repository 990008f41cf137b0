import { z } from 'zod';
import { JobId } from './ids.ts';

export const VocabularyId = z.int().positive();

/** Its name, as it stands in `system|code|display`. */
export const VocabularySystem = z
  .string()
  .trim()
  .regex(/^[^|\n]{1,60}$/);

export const Vocabulary = z.object({
  vocabularyId: VocabularyId,
  system: z.string(),
  /** Name of the file it was read from, without its folder. */
  file: z.string(),
  concepts: z.int(),
  /** Displays and synonyms. */
  terms: z.int(),
  at: z.string(),
});
export type Vocabulary = z.infer<typeof Vocabulary>;

export const FoundConcept = z.object({
  system: z.string(),
  code: z.string(),
  display: z.string(),
  /** The term that the text was found in: the display, or a synonym. */
  matched: z.string(),
});
export type FoundConcept = z.infer<typeof FoundConcept>;

const VocabularyFile = z.object({
  path: z.string().min(1).max(4096),
  /** Where the file does not say; of RF2, `SNOMED CT` when left out. */
  system: VocabularySystem.optional(),
});

export const vocabularyMethods = {
  /**
   * Reads a user's own release: CSV or TSV with columns `code`, `display` and perhaps `system` and `synonyms` (apart
   * by `|`), or an RF2 description file. It replaces the vocabulary of the same system once it is complete.
   */
  'vocabulary.import': { input: VocabularyFile, output: z.object({ vocabularies: z.array(Vocabulary) }) },
  /** The same, answered at once with the job. */
  'vocabulary.start': { input: VocabularyFile, output: z.object({ jobId: JobId }) },
  /** Files of a folder and below it that look like a vocabulary by their first line. */
  'vocabulary.files': {
    input: z.object({ folder: z.string().min(1).max(4096) }),
    output: z.object({
      files: z.array(
        z.object({
          path: z.string(),
          /** Below the folder. */
          name: z.string(),
          bytes: z.number(),
          format: z.enum(['rf2', 'table']),
          /** Rows name their vocabulary; else it has to be named. */
          namesSystem: z.boolean(),
        }),
      ),
      /** The folder holds more than was looked at. */
      more: z.boolean(),
    }),
  },
  'vocabulary.list': { input: z.object({}), output: z.object({ vocabularies: z.array(Vocabulary) }) },
  /** Can be taken back by `undo.undo`, unless it is freed at once. */
  'vocabulary.remove': {
    input: z.object({ vocabularyId: VocabularyId, free: z.boolean().default(false) }),
    output: z.object({}),
  },
  /** Concepts with a term that has every word, or words that begin so; equal terms first, then the shorter ones. */
  'vocabulary.find': {
    input: z.object({ text: z.string().trim().min(1).max(200), limit: z.int().min(1).max(100).default(20) }),
    output: z.object({ concepts: z.array(FoundConcept) }),
  },
} as const;
