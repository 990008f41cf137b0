import { wilson, type Interval } from './intervals.ts';

/** Counts: rows are what is right, columns what was said. */
export type Confusion = readonly (readonly number[])[];

export function confusionOf(truth: ArrayLike<number>, said: ArrayLike<number>, classes: number): Confusion {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let index = 0; index < truth.length; index += 1) {
    const row = counts[truth[index] as number] as number[];
    const column = said[index] as number;
    row[column] = (row[column] as number) + 1;
  }
  return counts;
}

export interface ClassMetrics {
  /** Cases that are of this class. */
  readonly n: number;
  /** Of the cases of this class: share found. Null without any. */
  readonly sensitivity: Interval | null;
  /** Of the other cases: share left alone. */
  readonly specificity: Interval | null;
  /** Of the cases said to be of this class: share that is. */
  readonly precision: Interval | null;
  /** Harmonic mean of precision and sensitivity; 0 where the class is never right, null where it neither is nor is said. */
  readonly f1: number | null;
}

export function classMetrics(counts: Confusion): ClassMetrics[] {
  const total = counts.flat().reduce((sum, count) => sum + count, 0);
  return counts.map((row, label) => {
    const hits = row[label] as number;
    const n = row.reduce((sum, count) => sum + count, 0);
    const said = counts.reduce((sum, other) => sum + (other[label] as number), 0);
    return {
      n,
      sensitivity: wilson(hits, n),
      specificity: wilson(total - n - said + hits, total - n),
      precision: wilson(hits, said),
      f1: n + said === 0 ? null : (2 * hits) / (n + said),
    };
  });
}

/** Mean F1 over the classes that occur, in truth or in what was said; null when none does. */
export function macroF1(counts: Confusion): number | null {
  const values = classMetrics(counts).flatMap(({ f1 }) => (f1 === null ? [] : [f1]));
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
