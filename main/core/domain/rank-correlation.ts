/**
 * Spearman's rank correlation; equal values share the mean of their ranks.
 *
 * @param a - as many values as `b`.
 * @returns -1 to 1; 0 where one of the two has the same value throughout, 1 for fewer than two values.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = a.length;
  if (count < 2) return 1;
  const [first, second] = [ranksOf(a), ranksOf(b)];
  const middle = (count - 1) / 2;
  let both = 0;
  let one = 0;
  let other = 0;
  for (let index = 0; index < count; index += 1) {
    const x = (first[index] as number) - middle;
    const y = (second[index] as number) - middle;
    both += x * y;
    one += x * x;
    other += y * y;
  }
  return one === 0 || other === 0 ? 0 : both / Math.sqrt(one * other);
}

/** From 0, lowest first. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, index) => index).sort(
    (x, y) => (values[x] as number) - (values[y] as number),
  );
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to += 1;
    for (let at = from; at < to; at += 1) ranks[order[at] as number] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}
