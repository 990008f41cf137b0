import { type Background, liftOf } from '../../domain/background.ts';
import { bestLength, LEAST_LIFT, neutralBar, PLAIN_LINE, ranksToJudge } from '../../domain/cutoff.ts';
import type { SearchReader } from '../../store/search-reader.ts';
import { MAX_NEIGHBOURS } from '../../store/vectors.ts';
import { scanFloats, scanSorted } from '../../vectors/scan-rows.ts';
import type { Candidates } from './candidates.ts';
import { exactScore } from './exact-score.ts';
import type { MatrixKeeper } from './matrix-keeper.ts';

/** What the words of a query are compared with. */
export interface Wordings {
  /** Query vectors of the same parts in other words, row after row, of unit length. */
  readonly paraphrases: Float32Array;
  /** Descriptions of all sorts of pictures, row after row, of unit length. */
  readonly neutral: Float32Array;
  /** False: most of them mean nothing to the model, and nothing it ranks first is a find. */
  readonly areLearned: boolean;
}

/** The line is not looked for deeper than this, which every source of candidates can give. */
const DEEPEST = MAX_NEIGHBOURS;
/** Estimates of lift are this wrong at most. */
const SPARE_LIFT = 0.2;
const MOST_KEPT = 100_000;

interface Scored {
  readonly score: number;
  readonly regionId: number;
}

/**
 * Draws the line for a query of words.
 *
 * A hit is a find when it is far enough above the query's background, and when the words, and the same words in other
 * sentences, fit it better than neutral descriptions do. The line lies where most above are finds and most below are not.
 */
export function autoLine(reader: SearchReader, keeper: Pick<MatrixKeeper, 'vector'>) {
  /** Bars by region; they depend on nothing but its vector. */
  const bars = new Map<number, number>();
  let generation = -1;

  /** @returns the lift of the last hit to take, or one that no hit reaches. */
  return (
    candidates: Candidates,
    query: Float32Array,
    background: Background,
    { paraphrases, neutral, areLearned }: Wordings,
  ): number => {
    if (generation !== reader.generation()) bars.clear();
    generation = reader.generation();
    const tried = highest(candidates, query, background);
    const ranks = ranksToJudge(tried.length);
    const finds = judge(
      ranks.map((rank) => tried[rank] as Scored),
      query.length,
      paraphrases,
      neutral,
    );
    const length = bestLength(
      ranks.map((rank, index) => {
        const isHigh = liftOf((tried[rank] as Scored).score, background) >= LEAST_LIFT;
        return { rank, isFind: areLearned && isHigh && finds[index] === true };
      }),
    );
    const last = tried[length - 1];
    // A hair below, so that rounding does not leave the last one out.
    if (last) return liftOf(last.score, background) - 1e-9;
    const top = tried[0] ? liftOf(tried[0].score, background) : 0;
    return Math.max(PLAIN_LINE, Math.ceil(top * 10 + 1) / 10);
  };

  /** By exact score: the line must not depend on where the candidates came from. */
  function highest(candidates: Candidates, query: Float32Array, background: Background): Scored[] {
    const tried = candidates.best(Math.min(DEEPEST, candidates.size)) ?? [];
    return tried
      .filter(({ estimate }, rank) => rank === 0 || liftOf(estimate, background) >= LEAST_LIFT - SPARE_LIFT)
      .flatMap(({ regionId }) => {
        const vector = keeper.vector(regionId);
        return vector ? [{ regionId, score: exactScore(query, vector) }] : [];
      })
      .sort((a, b) => b.score - a.score || a.regionId - b.regionId);
  }

  function judge(
    hits: readonly Scored[],
    dimensions: number,
    paraphrases: Float32Array,
    neutral: Float32Array,
  ): boolean[] {
    const rows = new Float32Array(hits.length * dimensions);
    const bytes = new Uint8Array(rows.buffer);
    hits.forEach(({ regionId }, index) => {
      const vector = keeper.vector(regionId);
      if (vector) bytes.set(vector, 4 * index * dimensions);
    });
    const least = leastScores(rows, paraphrases, dimensions);
    const ids = hits.map(({ regionId }) => regionId);
    barsOf(ids, rows, neutral, dimensions);
    return ids.map((regionId, index) => (least[index] ?? -Infinity) >= (bars.get(regionId) ?? Infinity));
  }

  function barsOf(
    regionIds: readonly number[],
    rows: Float32Array,
    neutral: Float32Array,
    dimensions: number,
  ): void {
    const missing = regionIds.flatMap((regionId, index) => (bars.has(regionId) ? [] : [index]));
    if (missing.length === 0) return;
    if (bars.size > MOST_KEPT) bars.clear();
    const part = new Float32Array(missing.length * dimensions);
    missing.forEach((index, place) =>
      part.set(rows.subarray(index * dimensions, (index + 1) * dimensions), place * dimensions),
    );
    const count = neutral.length / dimensions;
    const scores = scanSorted(neutral, part, dimensions);
    missing.forEach((index, place) =>
      bars.set(regionIds[index] as number, neutralBar(scores.subarray(place * count, (place + 1) * count))),
    );
  }
}

/** What the wording that fits least scores, by row. */
function leastScores(rows: Float32Array, wordings: Float32Array, dimensions: number): Float32Array {
  const least = new Float32Array(rows.length / dimensions).fill(Infinity);
  for (let at = 0; at < wordings.length; at += dimensions) {
    const scores = scanFloats(wordings.slice(at, at + dimensions), rows);
    scores.forEach((score, index) => (least[index] = Math.min(score, least[index] as number)));
  }
  return least;
}
