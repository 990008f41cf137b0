import type { Panel } from '../../../preload/contract/panels.ts';
import type { Encoder } from '../encode/encoder.ts';
import type { Archive } from '../store/archive.ts';
import { toFloats, type ModelRow } from '../store/vectors.ts';
import { wordingHash } from './panel.ts';
import { labelVectors, promptsOf } from './prompts.ts';

/** The model as labelling needs it: its row in the archive and what turns prompts into vectors. */
export interface LabelModel {
  readonly row: ModelRow;
  readonly encoder: Pick<Encoder, 'encodeTexts' | 'manifest'> & Partial<Pick<Encoder, 'learnedWords'>>;
}

/** What a scan multiplies stored vectors with. */
export interface Scorer {
  /** One row per stored score: label vectors, and for independent labels the margins' directions after them. */
  readonly rows: Float32Array;
  /** Multiplies what is compared, before a softmax or sigmoid. */
  readonly scale: number;
  readonly truncatedPrompts: number;
}

/**
 * The words of a panel as directions. They are encoded once per model and wording and kept in the archive.
 *
 * @throws ArchiveError `panel.invalid`, or what the model refuses.
 */
export async function wordScorer(
  archive: Archive,
  { row, encoder }: LabelModel,
  panel: Panel,
  signal?: AbortSignal,
): Promise<Scorer> {
  const scale = encoder.manifest.logitScale;
  const hash = wordingHash(panel);
  const kept = archive.panels.vectors(row.id, hash);
  if (kept) return { rows: toFloats(kept.vectors), scale, truncatedPrompts: kept.truncated };
  const { presence, absence } = promptsOf(panel);
  const lists = [...presence, ...absence];
  const { vectors, truncatedWords } = await encoder.encodeTexts(lists.flat(), signal);
  const rows = labelVectors(lists, vectors, row.dimensions);
  // The margin of two cosines is the product with the difference of their directions.
  const half = presence.length * row.dimensions;
  for (let index = half; index < rows.length; index += 1)
    rows[index] = (rows[index - half] as number) - (rows[index] as number);
  const truncatedPrompts = truncatedWords.filter((words) => words > 0).length;
  archive.panels.keepVectors(row.id, hash, rows, truncatedPrompts);
  return { rows, scale, truncatedPrompts };
}
