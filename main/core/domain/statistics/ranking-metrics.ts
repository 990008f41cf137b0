/** Cases of one score after the other, in an order: how many of them have the label, and where they stand in it. */
function* ties(order: readonly number[], scores: readonly number[], found: readonly number[]) {
  for (let start = 0; start < order.length;) {
    const score = scores[order[start] as number];
    let end = start;
    let here = 0;
    while (end < order.length && scores[order[end] as number] === score) {
      here += found[order[end] as number] as number;
      end += 1;
    }
    yield { here, start, end };
    start = end;
  }
}

/**
 * Area under the ROC curve: how often a case with the label scores above one without; ties count half.
 *
 * @param found - 1 where the label applied, else 0.
 * @returns null when all cases are of one kind.
 * @see Hanley, McNeil (1982), The meaning and use of the area under a receiver operating characteristic curve.
 */
export function areaUnderRoc(scores: readonly number[], found: readonly number[]): number | null {
  const order = scores.map((_, index) => index).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let positives = 0;
  let rankSum = 0;
  for (const { here, start, end } of ties(order, scores, found)) {
    rankSum += here * ((start + 1 + end) / 2);
    positives += here;
  }
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Average precision: precision at each score, weighted by the recall that it adds; not interpolated.
 *
 * @returns null without a case that has the label.
 */
export function averagePrecision(scores: readonly number[], found: readonly number[]): number | null {
  const order = scores.map((_, index) => index).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const positives = found.reduce((sum, value) => sum + value, 0);
  if (positives === 0) return null;
  let hits = 0;
  let sum = 0;
  for (const { here, end } of ties(order, scores, found)) {
    hits += here;
    sum += (here / positives) * (hits / end);
  }
  return sum;
}
