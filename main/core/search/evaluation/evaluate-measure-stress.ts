import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Drop } from '../../../../preload/contract/stress.ts';
import { perturbationRules } from '../../domain/perturbations.ts';
import { compareFigures, type QueryPair } from '../../domain/retrieval-compare.ts';
import {
  type FigureName,
  queryValues,
  type QueryValues,
  retrievalFigures,
} from '../../domain/retrieval-metrics.ts';
import { bootstrapInterval, groupPlaces, quantile } from '../../domain/statistics/bootstrap.ts';
import type { Interval } from '../../domain/statistics/intervals.ts';
import { dot } from '../../domain/vector.ts';
import type { ReadDb } from '../../store/database.ts';
import { type Asked, keyOf, rankedQuery, storedQueries } from './evaluate-splits.ts';
import type { EvidenceProgress, StressInput, StressMeasured } from './evidence-tasks.ts';
import { stressRanking, type StressRanking } from './evaluate-stress-ranking.ts';

/** Many figures of many changes; fewer rounds than where there is one. */
const ROUNDS = 500;
const SELF: readonly FigureName[] = ['mrr', 'recall@1', 'recall@5', 'recall@10'];
const OTHERS: readonly FigureName[] = ['mrr', 'recall@1', 'recall@10', 'ndcg10', 'map'];
const WORDS: readonly FigureName[] = ['mrr', 'recall@1', 'recall@10', 'recall@50'];

/** What changing pictures costs: how they find themselves, others of their label, and how words find them. */
export async function measureStress(
  db: ReadDb,
  input: StressInput,
  progress: (at: EvidenceProgress) => void,
): Promise<StressMeasured> {
  const ranking = stressRanking(db, input);
  const { itemIds, perturbations } = input;
  const views = perturbations.length + 1;
  const total = itemIds.length + (input.table?.texts.length ?? 0);
  const asks = itemIds.map(() => new Array<AskedView | null>(views).fill(null));

  for (const [index] of itemIds.entries()) {
    const vectors = viewsOf(input, index);
    for (const [view, vector] of vectors.entries())
      if (vector) (asks[index] as (AskedView | null)[])[view] = ranking.ask(index, vector);
    progress({ done: index + 1, total });
    await nextTurn();
  }
  const byWords = await rankByWords(input, ranking, (done) =>
    progress({ done: itemIds.length + done, total }),
  );
  const figures = perturbations.map((perturbation, at) => {
    const view = at + 1;
    const both = itemIds.flatMap((_, index) => {
      const before = asks[index]?.[0];
      const after = asks[index]?.[view];
      return before && after ? [{ index, before, after }] : [];
    });
    const pairsOf = (pick: (view: AskedView) => QueryValues | null): QueryPair[] =>
      both.flatMap(({ index, before, after }) => {
        const [first, second] = [pick(before), pick(after)];
        return first && second ? [{ before: first, after: second, patient: ranking.patientOf(index) }] : [];
      });
    const words = byWords.flatMap(({ index, values }): QueryPair[] => {
      const [first, second] = [values[0], values[view]];
      return first && second ? [{ before: first, after: second, patient: ranking.patientOf(index) }] : [];
    });
    const cosines = both.map(({ index }) => {
      const [before, after] = [viewOf(input, index, 0), viewOf(input, index, view)];
      return before && after ? dot(before, after) : 0;
    });
    const { family, words: said } = perturbationRules[perturbation];
    const self = pairsOf((view) => view.self);
    const alike = pairsOf((view) => view.alike);
    return {
      ...{ perturbation, family, words: said, n: both.length },
      queries: { self: self.length, alike: alike.length, byWords: words.length },
      cosine: meanCosine(
        cosines,
        both.map(({ index }) => ranking.patientOf(index)),
      ),
      selfRank: {
        before: median(both.map(({ before }) => before.self.first)),
        after: median(both.map(({ after }) => after.self.first)),
      },
      self: drops(self, SELF) ?? [],
      alike: drops(alike, OTHERS),
      byWords: drops(words, WORDS),
    };
  });

  const changed = itemIds.flatMap((itemId, index): Asked[] =>
    perturbations.flatMap((perturbation, at) => {
      const rank = asks[index]?.[at + 1]?.self.first;
      const right = [{ itemId, rank: rank ?? 0, grade: 1 }];
      const key = `${keyOf(`item ${itemId} ${perturbation}`)} ${perturbation}`;
      return rank === undefined ? [] : [{ key, patient: ranking.patientOf(index), right }];
    }),
  );
  return {
    perturbations: figures,
    ranked: ranking.items,
    labelled: asks.filter(([plain]) => plain?.alike).length,
    pairs: byWords.length,
    queries: storedQueries({ imageToImage: changed }),
    figures: retrievalFigures(changed.map(rankedQuery), ROUNDS),
  };
}

interface AskedView {
  readonly self: QueryValues;
  readonly alike: QueryValues | null;
}

/** A copy, as a scan wants it: of the picture as it is, 0, or of a change; null where the change means nothing. */
function viewOf({ vectors, perturbations, model }: StressInput, index: number, view: number) {
  const from = (index * (perturbations.length + 1) + view) * model.dimensions;
  const vector = vectors.slice(from, from + model.dimensions);
  return vector.every((value) => value === 0) ? null : vector;
}

function viewsOf(input: StressInput, index: number): (Float32Array | null)[] {
  return Array.from({ length: input.perturbations.length + 1 }, (_, view) => viewOf(input, index, view));
}

/** For each pair of words and picture where the picture stood among those that are not right, as it is and changed. */
async function rankByWords(
  input: StressInput,
  ranking: StressRanking,
  progress: (done: number) => void,
): Promise<{ readonly index: number; readonly values: readonly (QueryValues | null)[] }[]> {
  const { table, texts, model, itemIds } = input;
  if (!table) return [];
  const places = new Map(itemIds.map((itemId, index) => [itemId, index]));
  const found: { index: number; values: (QueryValues | null)[] }[] = [];
  for (const [at, right] of table.right.entries()) {
    const asked = right.flatMap(({ itemId }) => places.get(itemId) ?? []);
    if (asked.length > 0) {
      const text = texts.slice(at * model.dimensions, (at + 1) * model.dimensions);
      const others = ranking
        .scoresWithout(
          text,
          right.map(({ itemId }) => itemId),
        )
        .sort();
      for (const index of asked)
        found.push({
          index,
          values: viewsOf(input, index).map((view) => view && only(1 + above(others, dot(text, view)))),
        });
    }
    progress(at + 1);
    await nextTurn();
  }
  return found;
}

const only = (rank: number): QueryValues => queryValues({ ranks: [rank], patient: null });

/** How many of sorted scores are higher. */
function above(sorted: Float32Array, score: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= score) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}

function drops(pairs: readonly QueryPair[], figures: readonly FigureName[]): Drop[] | null {
  if (pairs.length === 0) return null;
  return compareFigures(pairs, ROUNDS)
    .filter(({ figure }) => figures.includes(figure))
    .map(({ figure, before, after, difference }) => ({ figure, before, after, difference }));
}

function median(values: readonly number[]): number {
  return values.length === 0 ? 0 : quantile(Float64Array.from(values).sort(), 0.5);
}

function meanCosine(cosines: readonly number[], patients: readonly (string | null)[]): Interval | null {
  const mean = (places: readonly number[]) =>
    places.reduce((sum, place) => sum + (cosines[place] ?? 0), 0) / Math.max(1, places.length);
  return bootstrapInterval(groupPlaces(patients), mean, 1, { least: -1, rounds: ROUNDS, isMean: true });
}
