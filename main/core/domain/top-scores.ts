const BINS = 2048;
/** Below this many, sorting is quicker than counting first. */
const FEW = 4096;

const binOf = (score: number): number => {
  const bin = ((score + 1) * BINS) / 2;
  return bin >= BINS ? BINS - 1 : bin > 0 ? bin | 0 : 0;
};

/**
 * Places of the `count` highest scores, highest first; of equal scores the first place comes first.
 *
 * @param scores - about in [-1, 1]; what lies beyond is ordered as well.
 */
export function topScores(scores: Float32Array, count: number): Int32Array {
  if (count >= scores.length || scores.length <= FEW) return inOrder(allOf(scores), scores, count);
  const counts = new Int32Array(BINS);
  for (let at = 0; at < scores.length; at += 1) {
    const bin = binOf(scores[at] as number);
    counts[bin] = (counts[bin] as number) + 1;
  }
  let lowest = BINS;
  for (let found = 0; found < count;) found += counts[--lowest] as number;
  return inOrder(placesFrom(scores, lowest), scores, count);
}

/** Places of all scores at or above `least`, highest first. */
export function scoresFrom(scores: Float32Array, least: number): Int32Array {
  const places: number[] = [];
  for (let at = 0; at < scores.length; at += 1) if ((scores[at] as number) >= least) places.push(at);
  return inOrder(Int32Array.from(places), scores, places.length);
}

const allOf = (scores: Float32Array): Int32Array => Int32Array.from({ length: scores.length }, (_, at) => at);

function placesFrom(scores: Float32Array, lowestBin: number): Int32Array {
  const places: number[] = [];
  // The edge itself may round into the bin below, so the bin is asked again.
  const least = (lowestBin * 2) / BINS - 1 - 1e-6;
  for (let at = 0; at < scores.length; at += 1) {
    const score = scores[at] as number;
    if ((score >= least || lowestBin === 0) && binOf(score) >= lowestBin) places.push(at);
  }
  return Int32Array.from(places);
}

function inOrder(places: Int32Array, scores: Float32Array, count: number): Int32Array {
  places.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  return places.subarray(0, count);
}
