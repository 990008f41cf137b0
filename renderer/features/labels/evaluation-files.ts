import type { Evaluation, Interval } from '../../../preload/contract/calibrations.ts';
import { csvOf, quoted } from '../../ui/csv.ts';

/** The figures of each label as a spreadsheet reads them; names are quoted, numbers have points. */
export function evaluationCsv({ classes, prevalence }: Evaluation): string {
  const interval = (one: Interval | null) => (one ? [one.value, one.low, one.high] : ['', '', '']);
  const header = ['label', 'n', 'prevalence'].concat(
    ['sensitivity', 'specificity', 'precision'].flatMap((name) => [name, `${name}Low`, `${name}High`]),
    ['f1', 'auroc'],
  );
  const rows = classes.map(({ label, n, sensitivity, specificity, precision, f1, auroc }) => [
    quoted(label),
    n,
    prevalence.find((one) => one.label === label)?.share ?? '',
    ...interval(sensitivity),
    ...interval(specificity),
    ...interval(precision),
    f1 ?? '',
    auroc ?? '',
  ]);
  return csvOf([header, ...rows]);
}

/** The confusion table: what is right in rows, what was said in columns; of independent labels two rows for each. */
export function confusionCsv({ labels, confusion, undecided }: Evaluation, exclusive: boolean): string {
  const sides = ['absent', 'present'];
  const names = exclusive ? labels : labels.flatMap((label) => sides.map((side) => `${label}: ${side}`));
  const header = ['right', ...(exclusive ? labels : sides), 'uncertain'].map(quoted);
  const rows = names.map((name, row) => [quoted(name), ...(confusion[row] ?? []), undecided[row] ?? 0]);
  return csvOf([header, ...rows]);
}
