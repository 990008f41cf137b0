import type { Chip } from '../../../preload/contract/search.ts';
import { NEUTRAL_VERSION, neutralPrompts } from '../domain/neutral-prompts.ts';
import { combine } from '../domain/vector.ts';
import type { Archive } from '../store/archive.ts';
import type { Wordings } from './thread/auto-line.ts';
import type { QueryModel } from './chips.ts';

/** Sentences that say the same; words without meaning to a model drift apart in them. */
const SENTENCES: readonly ((words: string) => string)[] = [
  (words) => words,
  (words) => `a photo of ${words}`,
  (words) => `an image showing ${words}`,
  (words) => `${words} presented in image`,
];

/**
 * What a query of words is compared with to draw its line.
 *
 * @returns null when parts of the query are no words: pictures score far higher with pictures than any words do.
 */
export async function wordingsFor(
  chips: readonly Chip[],
  model: QueryModel,
  archive: Archive,
  areLearned: boolean,
  signal: AbortSignal,
): Promise<Wordings | null> {
  const parts = chips.flatMap((chip) => (chip.type === 'text' ? [chip] : []));
  if (parts.length < chips.length) return null;
  const { dimensions } = model.row;
  const texts = SENTENCES.flatMap((sentence) => parts.map(({ text }) => sentence(text)));
  const { vectors } = await model.encodeTexts(texts, signal);
  const paraphrases = SENTENCES.flatMap((_, sentence) => {
    const weighted = parts.map(({ weight }, part) => {
      const at = (sentence * parts.length + part) * dimensions;
      return { weight, vector: vectors.slice(at, at + dimensions) };
    });
    const combined = combine(weighted);
    return combined ? [...combined] : [];
  });
  return {
    paraphrases: Float32Array.from(paraphrases),
    neutral: await neutralVectors(model, archive, signal),
    areLearned,
  };
}

async function neutralVectors(
  model: QueryModel,
  archive: Archive,
  signal: AbortSignal,
): Promise<Float32Array> {
  const kept = archive.neutral.get(model.row.id, NEUTRAL_VERSION);
  if (kept?.length === neutralPrompts.length * model.row.dimensions) return kept;
  const { vectors } = await model.encodeTexts(neutralPrompts, signal);
  archive.neutral.set(model.row.id, NEUTRAL_VERSION, vectors);
  return vectors;
}
