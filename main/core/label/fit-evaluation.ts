import type { Evaluation } from '../../../preload/contract/calibrations.ts';
import { groupPlaces } from '../domain/statistics/bootstrap.ts';
import { decisions } from '../domain/statistics/cases.ts';
import { classMetrics, confusionOf, macroF1, type Confusion } from '../domain/statistics/confusion.ts';
import { wilson } from '../domain/statistics/intervals.ts';
import { areaUnderRoc } from '../domain/statistics/ranking-metrics.ts';
import { pickCases } from './fit-calibration.ts';
import { measure, oneLabel, prevalence, probabilitiesOfCases, truthOf } from './measure.ts';
import { countCases, type EvaluationTask, type LabelledCases } from './statistics-tasks.ts';

/**
 * What a run's predictions were worth. Items that it called uncertain were not decided: they count in the AUROC, which
 * needs no decision, and in nothing else.
 */
export function evaluateCases({ cases, fitted, uncertain }: EvaluationTask): Evaluation {
  const n = countCases(cases);
  const places = [...uncertain.keys()].filter((place) => uncertain[place] === 0);
  const decided = pickCases(cases, places);
  const all = probabilitiesOfCases(cases, fitted);
  const probabilities = probabilitiesOfCases(decided, fitted);
  const tables = tablesOf(decided, probabilities);
  const metrics =
    cases.mode === 'exclusive'
      ? classMetrics(tables[0] ?? [])
      : tables.map((table) => classMetrics(table)[1]);
  const measured = places.length > 0 ? measure(decided, probabilities, groupPlaces(decided.patients)) : null;
  return {
    n,
    patients: groupPlaces(cases.patients).length,
    uncertain: n - places.length,
    coverage: n === 0 ? 0 : places.length / n,
    labels: [...cases.labels],
    confusion: tables.flat().map((row) => [...row]),
    undecided: undecidedOf(
      pickCases(
        cases,
        [...uncertain.keys()].filter((place) => uncertain[place] === 1),
      ),
    ),
    accuracy: accuracyOf(tables),
    macroF1: macroOf(cases, tables),
    classes: cases.labels.map((label, index) => {
      const { confidence, right } = oneLabel(cases, all, index);
      const {
        n: count = 0,
        sensitivity = null,
        specificity = null,
        precision = null,
        f1 = null,
      } = metrics[index] ?? {};
      const auroc = areaUnderRoc([...confidence], [...right]);
      return { label, n: count, sensitivity, specificity, precision, f1, auroc };
    }),
    ece: measured?.ece ?? null,
    brier: measured?.brier ?? null,
    prevalence: prevalence(cases),
  };
}

/** One table of an exclusive panel; of an independent one a table of two per label. */
function tablesOf(cases: LabelledCases, probabilities: Float64Array): Confusion[] {
  const { length } = cases.labels;
  if (cases.mode === 'exclusive') {
    const chosen = decisions(probabilities, length).map((decision) => decision.chosen);
    return [confusionOf(truthOf(cases), chosen, length)];
  }
  return cases.labels.map((_, label) => {
    const { confidence, right } = oneLabel(cases, probabilities, label);
    return confusionOf(
      right,
      [...confidence].map((value) => (value >= 0.5 ? 1 : 0)),
      2,
    );
  });
}

/** As the rows of the tables: by the right label; of independent ones, label by label, absent and present. */
function undecidedOf(cases: LabelledCases): number[] {
  const counts = cases.labels.map((_, label) =>
    oneLabel(cases, cases.logits, label).right.reduce((sum, found) => sum + found, 0),
  );
  const n = countCases(cases);
  return cases.mode === 'exclusive' ? counts : counts.flatMap((present) => [n - present, present]);
}

function accuracyOf(tables: readonly Confusion[]): Evaluation['accuracy'] {
  let hits = 0;
  let n = 0;
  for (const table of tables)
    table.forEach((row, truth) => {
      hits += row[truth] as number;
      n += row.reduce((sum, count) => sum + count, 0);
    });
  return wilson(hits, n);
}

function macroOf(cases: LabelledCases, tables: readonly Confusion[]): number | null {
  if (cases.mode === 'exclusive') return macroF1(tables[0] ?? []);
  const values = tables.flatMap((table) => classMetrics(table)[1]?.f1 ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
