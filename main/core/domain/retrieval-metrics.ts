import { bootstrapInterval, groupPlaces } from './statistics/bootstrap.ts';
import type { Interval } from './statistics/intervals.ts';

/** One query with what is right about it. */
export interface RankedQuery {
  /** Places of everything right, from 1, ascending; at least one. */
  readonly ranks: readonly number[];
  /** Queries of one patient are drawn together. */
  readonly patient: string | null;
}

export const RECALL_DEPTHS = [1, 5, 10, 50] as const;
export type RecallDepth = (typeof RECALL_DEPTHS)[number];

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

const reciprocal = ({ ranks }: RankedQuery): number => 1 / (ranks[0] ?? Infinity);
const hitWithin =
  (depth: number) =>
  ({ ranks }: RankedQuery): number =>
    (ranks[0] ?? Infinity) <= depth ? 1 : 0;

/** @see Järvelin, Kekäläinen (2002), Cumulated gain-based evaluation; relevance is 0 or 1. */
function gain({ ranks }: RankedQuery): number {
  const at = (place: number) => 1 / Math.log2(place + 1);
  const found = ranks.filter((rank) => rank <= 10).reduce((sum, rank) => sum + at(rank), 0);
  let most = 0;
  for (let place = 1; place <= Math.min(10, ranks.length); place += 1) most += at(place);
  return most > 0 ? found / most : 0;
}

const averagePrecision = ({ ranks }: RankedQuery): number =>
  ranks.reduce((sum, rank, index) => sum + (index + 1) / rank, 0) / Math.max(1, ranks.length);

/** Figures of a list of queries; all 0 for an empty one. */
export function retrievalFigures(queries: readonly RankedQuery[], rounds = 1000): RetrievalFigures {
  const groups = groupPlaces(queries.map(({ patient }) => patient));
  const figure = (of: (query: RankedQuery) => number) => {
    const values = queries.map(of);
    const mean = (places: readonly number[]) =>
      places.reduce((sum, place) => sum + (values[place] ?? 0), 0) / Math.max(1, places.length);
    return {
      value: mean([...values.keys()]),
      interval: groups.length === 0 ? null : bootstrapInterval(groups, mean, 1, { rounds }),
    };
  };
  const mrr = figure(reciprocal);
  const ndcg10 = figure(gain);
  const map = figure(averagePrecision);
  const recalls = RECALL_DEPTHS.map((depth) => [depth, figure(hitWithin(depth))] as const);
  const byDepth = <T>(pick: (of: (typeof recalls)[number][1]) => T) =>
    Object.fromEntries(recalls.map(([depth, recall]) => [depth, pick(recall)])) as Record<RecallDepth, T>;
  return {
    n: queries.length,
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
