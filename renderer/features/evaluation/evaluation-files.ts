import type { EvaluationComparison, OpenedEvaluation } from '../../../preload/contract/evaluations.ts';
import type { StressSet } from '../../../preload/contract/stress.ts';
import { csvOf, quoted } from '../../ui/csv.ts';
import { directions, namedFigures } from './evaluation-words.ts';

type Interval = { readonly low: number; readonly high: number } | null;
const bounds = (interval: Interval) => (interval ? [interval.low, interval.high] : ['', '']);

/** Every figure with its interval: of all items, then of each modality and source. */
export function figuresCsv(evaluation: OpenedEvaluation): string {
  const parts = [
    { of: 'all', value: '', ...evaluation },
    ...evaluation.byModality.map((split) => ({ of: 'modality', ...split })),
    ...evaluation.bySource.map((split) => ({ of: 'source', ...split })),
  ];
  const rows = parts.flatMap((part) =>
    directions.flatMap((direction) => {
      const figures = part[direction];
      if (!figures) return [];
      return namedFigures(figures).map(({ name, value, interval }) => [
        ...[quoted(direction), part.of, quoted(part.value), figures.n, quoted(name), value],
        ...bounds(interval),
      ]);
    }),
  );
  return csvOf([['direction', 'of', 'value', 'n', 'figure', 'figureValue', 'low', 'high'], ...rows]);
}

export function stressCsv({ perturbations }: StressSet): string {
  const rows = perturbations.flatMap(({ perturbation, words, queries, cosine, self, alike, byWords }) =>
    Object.entries({ self, alike, byWords }).flatMap(([task, drops]) =>
      (drops ?? []).map(({ figure, before, after, difference }) => [
        ...[perturbation, quoted(words), queries[task as keyof typeof queries], cosine?.value ?? ''],
        ...[task, figure, before, after],
        ...[difference?.value ?? after - before, ...bounds(difference)],
      ]),
    ),
  );
  const header = ['change', 'words', 'n', 'cosine', 'task', 'figure', 'before', 'after', 'difference'];
  return csvOf([[...header, 'low', 'high'], ...rows]);
}

export function comparisonCsv(comparison: EvaluationComparison): string {
  const { before, after, perturbations } = comparison;
  const parts = [
    ...comparison.directions.map((one) => ({ ...one, perturbation: '' })),
    ...perturbations.map((one) => ({ ...one, direction: 'imageToImage' })),
  ];
  const rows = parts.flatMap(({ direction, perturbation, matched, changes }) =>
    changes.map(({ figure, before: first, after: second, difference, better }) => [
      ...[direction, perturbation, matched, figure, first, second, difference?.value ?? second - first],
      ...[...bounds(difference), better],
    ]),
  );
  const header = ['direction', 'change', 'queries', 'figure', `evaluation ${before.evaluationId}`];
  return csvOf([
    [...header, `evaluation ${after.evaluationId}`, 'difference', 'low', 'high', 'better'],
    ...rows,
  ]);
}
