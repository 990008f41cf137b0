import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Panel, PanelLabel } from '../../../preload/contract/panels.ts';
import { combine } from '../domain/vector.ts';
import { leavesOf } from './panel.ts';

/** More prompts than this are no panel but a mistake: minutes of text encoding. */
const MOST_PROMPTS = 20_000;

/** What a picture without a label is called where the panel does not say. */
const GENERAL_ABSENCE = ['a normal finding', 'something else'];
/** What is left when nothing fits; a model does not understand "none of these". */
const GENERAL_REST = ['something else', 'an unrelated picture'];

export interface Prompts {
  /** One list per competing label, without repetitions. */
  readonly presence: readonly (readonly string[])[];
  /** Of independent panels: the same for its absence. */
  readonly absence: readonly (readonly string[])[];
}

/**
 * Every wording of every label in every template: what is put to the text encoder.
 *
 * @throws ArchiveError `panel.invalid` when the prompts are too many.
 */
export function promptsOf(panel: Panel): Prompts {
  const inTemplates = (wordings: readonly string[]): string[] => [
    ...new Set(
      wordings.flatMap((wording) =>
        // A function, because `$&` in a replacement string would be read as a pattern.
        panel.templates.map((template) => template.replaceAll('{label}', () => wording)),
      ),
    ),
  ];
  const leaves = leavesOf(panel);
  const presence = leaves.map((label) => inTemplates(wordingsOf(label)));
  const absence =
    panel.mode === 'independent'
      ? leaves.map(({ negatives }) => inTemplates(negatives.length > 0 ? negatives : GENERAL_ABSENCE))
      : [];
  const count = [...presence, ...absence].reduce((sum, list) => sum + list.length, 0);
  if (count > MOST_PROMPTS) throw new ArchiveError('panel.invalid', { prompts: count, most: MOST_PROMPTS });
  return { presence, absence };
}

export function wordingsOf({ name, synonyms, none }: PanelLabel): string[] {
  if (!none) return [name, ...synonyms];
  return synonyms.length > 0 ? synonyms : GENERAL_REST;
}

/**
 * One direction per list of prompts: the mean of its prompts' unit vectors, brought to unit length again.
 *
 * @param vectors - one row of `dimensions` values per prompt, in the order of `prompts.flat()`.
 * @returns one row per list.
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
