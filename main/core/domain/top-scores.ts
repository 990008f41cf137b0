import { select } from './selection.ts';

const BINS = 2048;
/** Scores that share one maximum. */
export const CHUNK = 64;
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
 * @param maxima - see {@link chunkMaxima}; given where they are known anyway.
 */
export function topScores(
  scores: Float32Array,
  count: number,
  maxima: Float32Array = chunkMaxima(scores),
): Int32Array {
  if (count >= scores.length || scores.length <= FEW) return inOrder(allOf(scores), scores, count);
  if (count > 0 && 2 * count < maxima.length) {
    // So many chunks have a score this high, so that none of the highest is lower: most chunks need not be looked at.
    const least = select(maxima.slice(), maxima.length - count);
    return inOrder(placesAtLeast(scores, least, maxima), scores, count);
  }
  const counts = new Int32Array(BINS);
  for (let at = 0; at < scores.length; at += 1) {
    const bin = binOf(scores[at] as number);
    counts[bin] = (counts[bin] as number) + 1;
  }
  let lowest = BINS;
  for (let found = 0; found < count;) found += counts[--lowest] as number;
  return inOrder(placesFrom(scores, lowest), scores, count);
}

/** Places of all scores at or above `least`, ascending. @param maxima - see {@link chunkMaxima}. */
export function placesAtLeast(scores: Float32Array, least: number, maxima: Float32Array): Int32Array {
  let places = new Int32Array(1024);
  let count = 0;
  for (let chunk = 0; chunk < maxima.length; chunk += 1) {
    if (!((maxima[chunk] as number) >= least)) continue;
    if (count + CHUNK > places.length) {
      const larger = new Int32Array(4 * places.length);
      larger.set(places);
      places = larger;
    }
    const end = Math.min(scores.length, (chunk + 1) * CHUNK);
    for (let at = chunk * CHUNK; at < end; at += 1) {
      // Written in any case, which is quicker than guessing whether it stays.
      places[count] = at;
      count += (scores[at] as number) >= least ? 1 : 0;
    }
  }
  return places.subarray(0, count);
}

/** The highest score of every {@link CHUNK}, the last one perhaps of fewer. */
export function chunkMaxima(scores: Float32Array): Float32Array {
  const maxima = new Float32Array(Math.ceil(scores.length / CHUNK)).fill(-Infinity);
  for (let at = 0; at < scores.length; at += 1) {
    const chunk = Math.floor(at / CHUNK);
    if ((scores[at] as number) > (maxima[chunk] as number)) maxima[chunk] = scores[at] as number;
  }
  return maxima;
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
  return new Int32Array(places);
}

function inOrder(places: Int32Array, scores: Float32Array, count: number): Int32Array {
  const few = places.length > 2 * count ? highestOf(places, scores, count) : places;
  few.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  return few.subarray(0, count);
}

/** Places that have the `count` highest scores, and those whose scores equal the lowest of these. */
function highestOf(places: Int32Array, scores: Float32Array, count: number): Int32Array {
  if (count === 0) return new Int32Array();
  const values = Float32Array.from(places, (at) => scores[at] as number);
  const least = select(values, values.length - count);
  return places.filter((at) => (scores[at] as number) >= least);
}
