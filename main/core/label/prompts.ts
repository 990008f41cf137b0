import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Panel } from '../../../preload/contract/labels.ts';
import { combine } from '../domain/vector.ts';

/** More prompts than this are no panel but a mistake: minutes of text encoding. */
const MOST_PROMPTS = 20_000;

/**
 * Every wording of every label in every template: what is put to the text encoder.
 *
 * @returns one list per label, in the panel's order, without repetitions.
 * @throws ArchiveError `panel.invalid` when two labels have the same name, or the prompts are too many.
 */
export function promptsOf({ labels, templates }: Pick<Panel, 'labels' | 'templates'>): string[][] {
  const names = new Set(labels.map(({ name }) => name.toLowerCase()));
  if (names.size < labels.length)
    throw new ArchiveError('panel.invalid', { why: 'two labels have one name' });
  const prompts = labels.map(({ name, synonyms }) => [
    ...new Set(
      [name, ...synonyms].flatMap((wording) =>
        // A function, because `$&` in a replacement string would be read as a pattern.
        templates.map((template) => template.replaceAll('{label}', () => wording)),
      ),
    ),
  ]);
  const count = prompts.reduce((sum, list) => sum + list.length, 0);
  if (count > MOST_PROMPTS) throw new ArchiveError('panel.invalid', { prompts: count, most: MOST_PROMPTS });
  return prompts;
}

/**
 * One direction per label: the mean of its prompts' unit vectors, brought to unit length again.
 *
 * @param vectors - one row of `dimensions` values per prompt, in the order of `prompts.flat()`.
 * @returns one row per label.
 * @throws ArchiveError `panel.invalid` when a label's prompts cancel each other out.
 * @see Radford et al. (2021), Learning transferable visual models from natural language supervision, §3.1.4:
 *   the ensemble is made in the embedding space.
 */
export function labelVectors(
  prompts: readonly (readonly string[])[],
  vectors: Float32Array,
  dimensions: number,
): Float32Array {
  const rows = new Float32Array(prompts.length * dimensions);
  let next = 0;
  prompts.forEach((list, label) => {
    const parts = list.map(() => {
      const vector = vectors.subarray(next * dimensions, (next + 1) * dimensions);
      next += 1;
      return { vector, weight: 1 };
    });
    const mean = combine(parts);
    if (!mean) throw new ArchiveError('panel.invalid', { why: 'prompts cancel each other out', label });
    rows.set(mean, label * dimensions);
  });
  return rows;
}
