/**
 * How unlikely the right label may be so that a set of all labels at least as likely holds it in a share of at least
 * `1 - alpha` of new cases like these.
 *
 * @param rightProbabilities - probability that each case gave its right label.
 * @returns the ⌈(n + 1)(1 − alpha)⌉-th smallest of 1 − probability; with too few cases for `alpha`, the largest.
 * @see Sadinle, Lei, Wasserman (2019), Least ambiguous set-valued classifiers with bounded error levels; split
 *   conformal prediction as in Angelopoulos, Bates (2023), §1.
 */
export function conformalQuantile(rightProbabilities: Float64Array, alpha: number): number {
  const scores = rightProbabilities.map((probability) => 1 - probability).sort();
  const n = scores.length;
  return scores[Math.min(n - 1, Math.ceil((n + 1) * (1 - alpha)) - 1)] as number;
}

/** Cases that a promise of 1 − `alpha` needs at least; with fewer it would have to name every label. */
export const fewestForConformal = (alpha: number): number => Math.ceil(1 / alpha - 1);

/** Labels whose probability is high enough to be in the set, most probable first; may be empty. */
export function conformalSet(probabilities: ArrayLike<number>, quantile: number): number[] {
  return Array.from(probabilities, (probability, label) => ({ probability, label }))
    .filter(({ probability }) => 1 - probability <= quantile)
    .sort((a, b) => b.probability - a.probability || a.label - b.label)
    .map(({ label }) => label);
}
