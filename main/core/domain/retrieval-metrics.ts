import { bootstrapInterval, groupPlaces } from './statistics/bootstrap.ts';
import type { Interval } from './statistics/intervals.ts';

/** One query with what is right about it. */
export interface RankedQuery {
  /** Places of everything right, from 1, ascending; at least one. */
  readonly ranks: readonly number[];
  /** How right each of them is, above 0; left out, all are 1. Only nDCG looks at it. */
  readonly grades?: readonly number[];
  /** Queries of one patient are drawn together. */
  readonly patient: string | null;
}

export const RECALL_DEPTHS = [1, 5, 10, 50] as const;
export type RecallDepth = (typeof RECALL_DEPTHS)[number];

/** What one query is worth; means of these are the figures. */
export interface QueryValues {
  /** Place of the first right answer. */
  readonly first: number;
  readonly ndcg10: number;
  /** Mean of the precision at each right answer. */
  readonly precision: number;
}

export interface RetrievalFigures {
  readonly n: number;
  /** Mean of 1 / place of the first right answer. */
  readonly mrr: number;
  /** Share of queries with a right answer among the first so many. */
  readonly recall: Readonly<Record<RecallDepth, number>>;
  /** Of the first ten: gain falls with the logarithm of the place; 1 when all right answers come first. */
  readonly ndcg10: number;
  /** Mean over queries of the precision at each right answer. */
  readonly map: number;
  /** 95 %, by resampling patients; null with fewer than two. */
  readonly intervals: {
    readonly mrr: Interval | null;
    readonly recall: Readonly<Record<RecallDepth, Interval | null>>;
    readonly ndcg10: Interval | null;
    readonly map: Interval | null;
  };
}

/** Every figure as a mean of one number per query, in [0, 1]. */
export const figureNames = [
  'mrr',
  'recall@1',
  'recall@5',
  'recall@10',
  'recall@50',
  'ndcg10',
  'map',
] as const;
export type FigureName = (typeof figureNames)[number];

export function figureOf(name: FigureName, { first, ndcg10, precision }: QueryValues): number {
  if (name === 'mrr') return 1 / first;
  if (name === 'ndcg10') return ndcg10;
  if (name === 'map') return precision;
  return first <= Number(name.slice('recall@'.length)) ? 1 : 0;
}

/** @see Järvelin, Kekäläinen (2002), Cumulated gain-based evaluation; gains are the grades themselves. */
function gain(ranks: readonly number[], grades: readonly number[]): number {
  const at = (place: number) => 1 / Math.log2(place + 1);
  const found = ranks.reduce(
    (sum, rank, index) => sum + (rank <= 10 ? (grades[index] ?? 1) * at(rank) : 0),
    0,
  );
  const best = ranks.map((_, index) => grades[index] ?? 1).sort((a, b) => b - a);
  const most = best.slice(0, 10).reduce((sum, grade, index) => sum + grade * at(index + 1), 0);
  return most > 0 ? found / most : 0;
}

export function queryValues({ ranks, grades = [] }: RankedQuery): QueryValues {
  return {
    first: ranks[0] ?? Infinity,
    ndcg10: gain(ranks, grades),
    precision: ranks.reduce((sum, rank, index) => sum + (index + 1) / rank, 0) / Math.max(1, ranks.length),
  };
}

/** Figures of a list of queries; all 0 for an empty one. */
export function retrievalFigures(queries: readonly RankedQuery[], rounds = 1000): RetrievalFigures {
  const values = queries.map(queryValues);
  const groups = groupPlaces(queries.map(({ patient }) => patient));
  return figuresBy(queries.length, (name) => {
    const column = values.map((one) => figureOf(name, one));
    const mean = (places: readonly number[]) =>
      places.reduce((sum, place) => sum + (column[place] ?? 0), 0) / Math.max(1, places.length);
    return {
      value: mean([...column.keys()]),
      interval: groups.length === 0 ? null : bootstrapInterval(groups, mean, 1, { rounds }),
    };
  });
}

/** All figures, each as `of` has it. */
export function figuresBy(
  n: number,
  of: (name: FigureName) => { readonly value: number; readonly interval: Interval | null },
): RetrievalFigures {
  const mrr = of('mrr');
  const ndcg10 = of('ndcg10');
  const map = of('map');
  const recalls = RECALL_DEPTHS.map((depth) => [depth, of(`recall@${depth}`)] as const);
  const byDepth = <T>(pick: (one: (typeof recalls)[number][1]) => T) =>
    Object.fromEntries(recalls.map(([depth, recall]) => [depth, pick(recall)])) as Record<RecallDepth, T>;
  return {
    n,
    mrr: mrr.value,
    recall: byDepth(({ value }) => value),
    ndcg10: ndcg10.value,
    map: map.value,
    intervals: {
      mrr: mrr.interval,
      recall: byDepth(({ interval }) => interval),
      ndcg10: ndcg10.interval,
      map: map.interval,
    },
  };
}
