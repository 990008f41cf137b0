import type { Confidences } from './reliability.ts';

export interface CoveragePoint {
  /** Share of the cases that are decided, the most confident ones. */
  readonly coverage: number;
  readonly accuracy: number;
  /** Decided are the cases whose confidence is at least this. */
  readonly threshold: number;
}

/**
 * Accuracy among the most confident cases, for each share of them that is decided: what abstaining buys.
 *
 * Cases of equal confidence are taken in the order given. Of `n` cases the first ⌈coverage · n⌉ are decided, at
 * least one.
 *
 * @see El-Yaniv, Wiener (2010), On the foundations of noise-free selective classification.
 */
export function coverageCurve(
  { confidence, right }: Confidences,
  coverages: readonly number[],
): CoveragePoint[] {
  const order = [...confidence.keys()].sort(
    (a, b) => (confidence[b] as number) - (confidence[a] as number) || a - b,
  );
  const hits = new Float64Array(order.length + 1);
  order.forEach((place, index) => (hits[index + 1] = (hits[index] as number) + (right[place] as number)));
  return coverages.map((coverage) => {
    // 0.7 · 10 is a little more than 7; a case more for a rounding error would be wrong.
    const wanted = Math.ceil(coverage * order.length - 1e-9);
    const decided = Math.min(order.length, Math.max(1, wanted));
    return {
      coverage,
      accuracy: (hits[decided] as number) / decided,
      threshold: confidence[order[decided - 1] as number] as number,
    };
  });
}
