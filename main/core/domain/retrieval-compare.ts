import { figureNames, figureOf, type FigureName, type QueryValues } from './retrieval-metrics.ts';
import { bootstrapInterval, groupPlaces } from './statistics/bootstrap.ts';
import type { Interval } from './statistics/intervals.ts';

/** One query as two evaluations met it. */
export interface QueryPair {
  readonly before: QueryValues;
  readonly after: QueryValues;
  /** Queries of one patient are drawn together. */
  readonly patient: string | null;
}

export interface FigureChange {
  readonly figure: FigureName;
  readonly before: number;
  readonly after: number;
  /** after − before, with its 95 % interval; null with fewer than two patients. */
  readonly difference: Interval | null;
  /** Which of the two is better: said only where the interval leaves 0 out. */
  readonly better: 'before' | 'after' | 'neither';
}

/**
 * What changed between two evaluations of the same queries. Both are resampled together, query by query, so that what
 * makes a query hard for both does not blur the difference.
 *
 * @see Efron, Tibshirani (1993), An introduction to the bootstrap, §8.3: paired data; Sakai (2006), Evaluating
 *   evaluation metrics based on the bootstrap.
 */
export function compareFigures(pairs: readonly QueryPair[], rounds = 1000): FigureChange[] {
  const groups = groupPlaces(pairs.map(({ patient }) => patient));
  return figureNames.map((figure) => {
    const before = pairs.map((pair) => figureOf(figure, pair.before));
    const after = pairs.map((pair) => figureOf(figure, pair.after));
    const mean = (values: readonly number[]) => (places: readonly number[]) =>
      places.reduce((sum, place) => sum + (values[place] ?? 0), 0) / Math.max(1, places.length);
    const all = [...pairs.keys()];
    const gained = (places: readonly number[]) => mean(after)(places) - mean(before)(places);
    const difference = bootstrapInterval(groups, gained, 1, { least: -1, rounds, isMean: true });
    return {
      figure,
      before: mean(before)(all),
      after: mean(after)(all),
      difference,
      better: verdict(difference),
    };
  });
}

function verdict(difference: Interval | null): FigureChange['better'] {
  if (difference && difference.low > 0) return 'after';
  return difference && difference.high < 0 ? 'before' : 'neither';
}
