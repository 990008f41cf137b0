import type { TruthEvaluation } from '../../../../preload/contract/evaluations.ts';
import type { Request } from '../../../../preload/contract/methods.ts';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { Archive } from '../../store/archive.ts';
import type { QueryModel } from '../chips.ts';
import { encodeAll } from './evaluate-texts.ts';
import { evidence } from './evidence-thread.ts';

/**
 * How well words find what a table says is right, and pictures others of their label; stored.
 *
 * @throws ArchiveError `truth.unreadable`, `evaluation.empty`, and what the model throws.
 */
export async function evaluateTruth(
  { text, name, template, samePatient }: Request<'evaluation.truth'>,
  archive: Archive,
  model: QueryModel,
  signal: AbortSignal,
): Promise<TruthEvaluation> {
  const { databasePath } = archive;
  const { table, hash: truthHash } = await evidence(databasePath, 'truth-table', { csv: text }, signal);
  const isLabels = table.asked === 'labels';
  const asked = isLabels ? table.texts.map((label) => template.replaceAll('{label}', label)) : table.texts;
  const vectors = await encodeAll(model, asked, signal);
  const generation = Number(archive.settings.get('generation') ?? 0);
  const input = { model: model.row, table, vectors, samePatient };
  const measured = await evidence(databasePath, 'truth', input, signal);
  const { queries, figures, byModality, bySource, hardest, items, unanswerable } = measured;
  const { textToImage, imageToImage } = figures;
  if (!textToImage || textToImage.n === 0)
    throw new ArchiveError('evaluation.empty', { unknownItems: table.unknownItems });
  const at = new Date().toISOString();
  const evaluationId = archive.evaluations.add({
    kind: 'truth',
    ...{ name, modelId: model.row.id, generation, at, queries, truthHash },
    settings: JSON.stringify({
      ...{ asked: table.asked, samePatient, items, texts: asked.length },
      ...(isLabels ? { template } : {}),
    }),
    figures: JSON.stringify({ ...figures, byModality, bySource, hardest }),
  });
  return {
    ...textToImage,
    imageToImage,
    ...{ evaluationId, name, items, generation, at, unanswerable },
    asked: table.asked,
    texts: asked.length,
    labelled: table.labelled.length,
    unknownItems: table.unknownItems,
    byModality: [...byModality],
    bySource: [...bySource],
    model: { id: model.row.bundleId, identity: model.row.identity },
  };
}
