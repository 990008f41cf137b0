/** A rising step-free curve: straight lines between its points, level outside them. */
export interface Isotonic {
  /** Ascending. */
  readonly x: readonly number[];
  /** Not falling; as long as `x`. */
  readonly y: readonly number[];
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly sum: number;
  readonly weight: number;
}

/**
 * The not-falling function of the scores that is closest, in squares, to what was found: pool adjacent violators.
 * Cases of one score are one point with their mean.
 *
 * @param found - 1 where the label applied, 0 where not; as long as `scores`, at least one.
 * @see Barlow et al. (1972), Statistical inference under order restrictions; Zadrozny, Elkan (2002), Transforming
 *   classifier scores into accurate multiclass probability estimates.
 */
export function fitIsotonic(scores: readonly number[], found: readonly number[]): Isotonic {
  const order = scores.map((_, index) => index).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  const blocks: Block[] = [];
  for (const index of order) {
    const score = scores[index] as number;
    const value = found[index] as number;
    const last = blocks.at(-1);
    if (last?.from === score && last.to === score)
      blocks[blocks.length - 1] = { ...last, sum: last.sum + value, weight: last.weight + 1 };
    else blocks.push({ from: score, to: score, sum: value, weight: 1 });
  }
  const pooled: Block[] = [];
  for (const block of blocks) {
    let merged = block;
    for (;;) {
      const before = pooled.at(-1);
      if (!before || before.sum * merged.weight < merged.sum * before.weight) break;
      pooled.pop();
      merged = {
        from: before.from,
        to: merged.to,
        sum: before.sum + merged.sum,
        weight: before.weight + merged.weight,
      };
    }
    pooled.push(merged);
  }
  const points = pooled.flatMap(({ from, to, sum, weight }) =>
    (from === to ? [from] : [from, to]).map((x) => ({ x, y: sum / weight })),
  );
  return { x: points.map(({ x }) => x), y: points.map(({ y }) => y) };
}

/** The curve's value at a score, in [0, 1]. */
export function applyIsotonic({ x, y }: Isotonic, score: number): number {
  const last = x.length - 1;
  if (score <= (x[0] as number)) return y[0] as number;
  if (score >= (x[last] as number)) return y[last] as number;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((x[middle] as number) <= score) low = middle;
    else high = middle;
  }
  const from = x[low] as number;
  const share = (score - from) / ((x[high] as number) - from);
  return (y[low] as number) + share * ((y[high] as number) - (y[low] as number));
}
