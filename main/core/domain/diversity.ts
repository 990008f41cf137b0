import { dot } from './vector.ts';

export interface Relevant {
  /** Score for the query, on any scale. */
  readonly score: number;
  /** Of unit length; null counts as unlike everything. */
  readonly vector: Float32Array | null;
}

/**
 * An order in which each next one is relevant and unlike those before it (maximal marginal relevance):
 * it has the highest λ · relevance − (1 − λ) · max similarity to those already taken.
 *
 * Relevance and similarity are each stretched to 0 to 1 over the given ones, because scores of words with pictures lie
 * far below those of pictures with each other: on the raw scales only novelty would count.
 *
 * @param ranked - best first; among equals the earlier one is taken.
 * @param lambda - from 0 (novelty alone, after the first) to 1 (the order as it is).
 * @returns places in `ranked`, each once; the first stays first.
 * @see Carbonell, Goldstein (1998), The use of MMR, diversity-based reranking, SIGIR, §2
 */
export function diverseOrder(ranked: readonly Relevant[], lambda: number): number[] {
  const similarity = similarities(ranked);
  const relevance = stretched(ranked.map(({ score }) => score));
  const nearest = new Float64Array(ranked.length).fill(-Infinity);
  const left = ranked.map((_, place) => place);
  const order: number[] = [];
  while (left.length > 0) {
    let best = 0;
    let bestWorth = -Infinity;
    for (const [at, place] of left.entries()) {
      const likeness = order.length === 0 ? 0 : (nearest[place] as number);
      const worth = lambda * (relevance[place] as number) - (1 - lambda) * likeness;
      if (worth > bestWorth) [best, bestWorth] = [at, worth];
    }
    const [taken = 0] = left.splice(order.length === 0 ? 0 : best, 1);
    order.push(taken);
    for (const place of left)
      nearest[place] = Math.max(
        nearest[place] as number,
        similarity[taken * ranked.length + place] as number,
      );
  }
  return order;
}

/** All pairs, row after row, stretched to 0 to 1. */
function similarities(ranked: readonly Relevant[]): number[] {
  const pairs = ranked.flatMap(({ vector: a }, i) =>
    ranked.map(({ vector: b }, j) => (a && b && i !== j ? dot(a, b) : NaN)),
  );
  return stretched(pairs);
}

/** To 0 to 1; what is not a number, and all where there is no spread, to 0. */
function stretched(values: readonly number[]): number[] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const span = high - low;
  return values.map((value) => (Number.isNaN(value) || !(span > 0) ? 0 : (value - low) / span));
}
