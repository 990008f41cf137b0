/** Where the line lies when nothing better is known: of random items, about one in a thousand lies above it. */
export const PLAIN_LINE = 3.1;
/** A hit that is not even this far above the background is no find, whatever the words. */
export const LEAST_LIFT = 1;
/**
 * How much less than a neutral description words may fit, in spreads of what such descriptions score with the item.
 * Chosen on generated archives that lacked some kinds of picture: a larger one finds more, and finds more where there is
 * nothing. The bench `cutoff` measures it.
 */
const ALLOWANCE = 0.15;

/**
 * What words must score with an item to say more about it than neutral descriptions do: the second best of those, less a
 * small allowance. The best may be the same thing in other words.
 *
 * @param scores - of all neutral descriptions with one item, in any order; at least two.
 */
export function neutralBar(scores: ArrayLike<number>): number {
  let best = -Infinity;
  let second = -Infinity;
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index] as number;
    if (score > best) {
      second = best;
      best = score;
    } else if (score > second) second = score;
    sum += score;
    squares += score * score;
  }
  const mean = sum / scores.length;
  return second - ALLOWANCE * Math.sqrt(Math.max(0, squares / scores.length - mean * mean));
}

/** A place in the ranking and whether what stands there is a find. */
export interface Judged {
  /** From 0; places between two judged ones count like the later one. */
  readonly rank: number;
  readonly isFind: boolean;
}

/**
 * How many of the first to take so that most of what is taken is a find and most of what comes after is not: the length
 * at which finds most outnumber the rest.
 *
 * @param judged - by rank.
 * @returns the number of hits to take, 0 when finds never outnumber the rest.
 */
export function bestLength(judged: readonly Judged[]): number {
  let surplus = 0;
  let best = 0;
  let length = 0;
  let before = -1;
  for (const { rank, isFind } of judged) {
    surplus += (rank - before) * (isFind ? 1 : -1);
    before = rank;
    if (surplus <= best) continue;
    best = surplus;
    length = rank + 1;
  }
  return length;
}

/** Which of so many ranks to judge: all of the first, then ever fewer. */
export function ranksToJudge(count: number, dense = 200): number[] {
  const ranks: number[] = [];
  for (let rank = 0; rank < count; rank = Math.max(rank + 1, Math.floor(rank * (rank < dense ? 1 : 1.01))))
    ranks.push(rank);
  return ranks;
}
