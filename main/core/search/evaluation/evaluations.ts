import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type {
  EvaluationComparison,
  OpenedEvaluation,
  StoredEvaluation,
} from '../../../../preload/contract/evaluations.ts';
import type { ItemId } from '../../../../preload/contract/ids.ts';
import type { Request } from '../../../../preload/contract/methods.ts';
import type { Archive } from '../../store/archive.ts';
import type { EvaluationRow } from '../../store/evaluations.ts';
import type { QueryModel } from '../chips.ts';
import { evaluateCaptions } from './evaluate-captions.ts';
import { evaluateTruth } from './evaluate-truth.ts';
import { evidence } from './evidence-thread.ts';

export interface EvaluationParts {
  readonly archive: Archive;
  readonly model: () => QueryModel | Promise<QueryModel>;
}

/** What search is worth on this archive: measured, kept, compared. */
export function createEvaluations({ archive, model }: EvaluationParts) {
  function rowOf(evaluationId: number): EvaluationRow {
    const row = archive.evaluations.get(evaluationId);
    if (!row) throw new ArchiveError('evaluation.unknown', { evaluationId });
    return row;
  }

  return {
    /** @throws as `evaluateCaptions` */
    captions: async (request: Request<'search.evaluate'>, signal: AbortSignal) =>
      evaluateCaptions(request, archive, await model(), signal),
    /** @throws as `evaluateTruth` */
    truth: async (request: Request<'evaluation.truth'>, signal: AbortSignal) =>
      evaluateTruth(request, archive, await model(), signal),
    /** @throws as `evaluateCaptions` */
    async ownCaptions({ kinds, name }: Request<'evaluation.captions'>, signal: AbortSignal) {
      const { texts, right } = await evidence(archive.databasePath, 'caption-table', { kinds }, signal);
      const pairs = texts.flatMap((text, index) =>
        (right[index] ?? []).map(({ itemId }) => ({ text, itemId: itemId as ItemId })),
      );
      return evaluateCaptions({ pairs, name }, archive, await model(), signal);
    },
    /** @throws ArchiveError `evaluation.unknown` */
    open(evaluationId: number): OpenedEvaluation {
      const row = rowOf(evaluationId);
      const {
        byModality = [],
        bySource = [],
        hardest = nothingHard,
        stress = null,
      } = JSON.parse(row.figures) as Partial<OpenedEvaluation>;
      return { ...stored(row), byModality, bySource, hardest, stress };
    },
    list: (): StoredEvaluation[] => archive.evaluations.list().map(stored),

    /** @throws ArchiveError `evaluation.unknown`, `evaluation.different` */
    async compare(
      { before, after }: Request<'evaluation.compare'>,
      signal: AbortSignal,
    ): Promise<EvaluationComparison> {
      const [first, second] = [rowOf(before), rowOf(after)];
      const found = await evidence(archive.databasePath, 'compare', { before, after }, signal);
      return {
        before: stored(first),
        after: stored(second),
        directions: found.directions.map((one) => ({ ...one, changes: [...one.changes] })),
        perturbations: found.perturbations.map((one) => ({ ...one, changes: [...one.changes] })),
        notices: differences(first, second),
      };
    },
  };
}
export type Evaluations = ReturnType<typeof createEvaluations>;

const nothingHard: OpenedEvaluation['hardest'] = { textToImage: [], imageToText: [], imageToImage: [] };

function stored({ id, kind, name, bundleId, identity, generation, settings, figures, at }: EvaluationRow) {
  const blank = { textToImage: null, imageToText: null, imageToImage: null };
  return {
    evaluationId: id,
    ...{ kind, name, generation, at },
    model: { id: bundleId, identity },
    settings: JSON.parse(settings) as StoredEvaluation['settings'],
    ...blank,
    ...(JSON.parse(figures) as Partial<typeof blank>),
  };
}

/** What may explain a difference as well as the model does. */
function differences(before: EvaluationRow, after: EvaluationRow): string[] {
  const notices: string[] = [];
  if (before.truthHash !== after.truthHash)
    notices.push('The files were not the same: only queries that are in both are compared.');
  if (before.generation !== after.generation)
    notices.push('The archive has changed in between: what was ranked is not the same.');
  if (before.identity === after.identity) notices.push('Both were run with the same model.');
  if (before.settings !== after.settings) notices.push('The settings were not the same.');
  return notices;
}
