import type { Confusion } from './confusion.ts';
import { Z95, type Interval } from './intervals.ts';

export type Weighting = 'none' | 'linear' | 'quadratic';

/** What a disagreement of two classes counts, 0 (none) to 1. */
const disagreement = {
  none: (a: number, b: number) => (a === b ? 0 : 1),
  linear: (a: number, b: number, classes: number) => Math.abs(a - b) / (classes - 1),
  quadratic: (a: number, b: number, classes: number) => ((a - b) / (classes - 1)) ** 2,
} as const satisfies Record<Weighting, (a: number, b: number, classes: number) => number>;

/**
 * Cohen's kappa: agreement of two readers beyond what their habits alone would make, with its 95 % interval.
 *
 * @param counts - rows are the first reader's classes, columns the second's; at least two classes.
 * @returns null without cases, or when both readers said one and the same class throughout.
 * @see Cohen (1968), Weighted kappa; Fleiss, Cohen, Everitt (1969), Large sample standard errors of kappa and weighted
 *   kappa, (13).
 */
export function cohensKappa(counts: Confusion, weighting: Weighting = 'none'): Interval | null {
  const classes = counts.length;
  const n = counts.flat().reduce((sum, count) => sum + count, 0);
  if (n === 0) return null;
  const rows = counts.map((row) => row.reduce((sum, count) => sum + count, 0) / n);
  const columns = rows.map((_, column) => counts.reduce((sum, row) => sum + (row[column] as number), 0) / n);
  const agreement = (a: number, b: number) => 1 - disagreement[weighting](a, b, classes);
  let observed = 0;
  let chance = 0;
  eachCell(classes, (a, b) => {
    observed += (agreement(a, b) * ((counts[a] as readonly number[])[b] as number)) / n;
    chance += agreement(a, b) * (rows[a] as number) * (columns[b] as number);
  });
  if (1 - chance < 1e-12) return null;
  const kappa = (observed - chance) / (1 - chance);

  const meanByRow = rows.map((_, a) => columns.reduce((sum, share, b) => sum + share * agreement(a, b), 0));
  const meanByColumn = columns.map((_, b) =>
    rows.reduce((sum, share, a) => sum + share * agreement(a, b), 0),
  );
  let spread = 0;
  eachCell(classes, (a, b) => {
    const share = ((counts[a] as readonly number[])[b] as number) / n;
    const habits = (meanByRow[a] as number) + (meanByColumn[b] as number);
    spread += share * (agreement(a, b) - habits * (1 - kappa)) ** 2;
  });
  const centre = kappa - chance * (1 - kappa);
  const error = Math.sqrt(Math.max(0, spread - centre * centre) / n) / (1 - chance);
  return {
    value: kappa,
    low: Math.max(-1, kappa - Z95 * error),
    high: Math.min(1, kappa + Z95 * error),
  };
}

function eachCell(classes: number, visit: (a: number, b: number) => void): void {
  for (let a = 0; a < classes; a += 1) for (let b = 0; b < classes; b += 1) visit(a, b);
}
