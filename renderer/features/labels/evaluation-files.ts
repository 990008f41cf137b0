import type { Evaluation, Interval } from '../../../preload/contract/calibrations.ts';

/** The figures of each label as a spreadsheet reads them; names are quoted, numbers have points. */
export function evaluationCsv({ classes, prevalence }: Evaluation): string {
  const interval = (one: Interval | null) => (one ? [one.value, one.low, one.high] : ['', '', '']);
  const header = ['label', 'n', 'prevalence'].concat(
    ['sensitivity', 'specificity', 'precision'].flatMap((name) => [name, `${name}Low`, `${name}High`]),
    ['f1', 'auroc'],
  );
  const rows = classes.map(({ label, n, sensitivity, specificity, precision, f1, auroc }) => [
    `"${label.replace(/^([=+\-@])/, "'$1").replaceAll('"', '""')}"`,
    n,
    prevalence.find((one) => one.label === label)?.share ?? '',
    ...interval(sensitivity),
    ...interval(specificity),
    ...interval(precision),
    f1 ?? '',
    auroc ?? '',
  ]);
  return [header, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
