import {
  type Background,
  backgroundOf,
  type Histogram,
  liftHistogram,
  liftOf,
} from '../domain/background.ts';
import type { Condition } from '../domain/filter.ts';
import type { RankedRegion } from '../domain/ranking.ts';
import type { ItemRow } from '../store/item-rows.ts';
import type { RegionRow } from '../store/items.ts';
import type { Grouped, SearchReader } from '../store/search-reader.ts';
import { backgroundSample } from './background-sample.ts';
import { type Candidates, plainCandidates, tableCandidates } from './candidates.ts';
import { exactScore } from './exact-score.ts';
import { rank, type Ranking, type RankWish } from './rank.ts';

/** A query as vectors and numbers: what the search thread is asked. */
export interface SearchJob {
  /** Of unit length. */
  readonly vector: Float32Array;
  /** Items that the answer leaves out, because they are part of the query. */
  readonly ownItems: readonly number[];
  readonly where: readonly Condition[];
  readonly group: Grouped | null;
  readonly offset: number;
  readonly limit: number;
  /** In spreads above the background's median. */
  readonly line: number;
}

export interface FoundHit {
  readonly row: ItemRow;
  readonly region: RegionRow;
  readonly similarity: number;
  readonly lift: number;
}

export interface Found {
  readonly hits: readonly FoundHit[];
  readonly total: number;
  readonly standOut: number;
  readonly background: Background & { readonly histogram: Histogram };
  readonly tookMs: number;
}

/** Up to this many vectors are simply all read and compared. */
const FEW_REGIONS = 4096;

/** Answers queries on one connection and for one model; it blocks its thread, which is not the core's. */
export function createSearcher(reader: SearchReader) {
  const sample = backgroundSample(reader);

  function run(job: SearchJob): Found {
    const started = performance.now();
    const own = new Set(job.ownItems);
    const scores = sample.scores(job.vector, own);
    const background = backgroundOf(scores);
    const { ranked, reaching } = rankAll(job, own, background);
    const lifts = ranked.map(({ score }) => liftOf(score, background));
    const hits = ranked.slice(job.offset, job.offset + job.limit).flatMap((found, index) => {
      const row = reader.items.get(found.itemId);
      const region = reader.region(found.regionId);
      const lift = lifts[job.offset + index];
      return row && region && lift !== undefined ? [{ row, region, similarity: found.score, lift }] : [];
    });
    const sampled = Array.from(scores, (score) => liftOf(score, background));
    return {
      hits,
      total: reader.countRankable(job.where, job.group, job.ownItems),
      standOut: reaching,
      background: { ...background, histogram: liftHistogram(sampled, lifts) },
      tookMs: performance.now() - started,
    };
  }

  function rankAll(job: SearchJob, own: ReadonlySet<number>, background: Background): Ranking {
    const { group, vector } = job;
    const wish: RankWish = {
      depth: job.offset + job.limit,
      reaches: (score) => liftOf(score, background) >= job.line,
      keyOf: ({ itemId }: RankedRegion) => (group ? reader.groupKey(group, itemId) : itemId),
      exact(regionId) {
        const found = reader.vectors.one(regionId);
        if (!found || own.has(found.itemId)) return undefined;
        return { regionId, itemId: found.itemId, score: exactScore(vector, found.vector) };
      },
    };
    const within = job.where.length > 0 ? reader.regionsWithin(job.where) : null;
    const table = tableCandidates(reader.vectors, vector, within);
    const quick = table.size > FEW_REGIONS ? rank(table, wish) : null;
    return quick ?? complete(plainCandidates(reader.vectors, vector, within), wish);
  }

  return { run: (job: SearchJob): Found => reader.atOneMoment(() => run(job)) };
}
export type Searcher = ReturnType<typeof createSearcher>;

function complete(candidates: Candidates, wish: RankWish): Ranking {
  const ranking = rank(candidates, wish);
  if (!ranking) throw new RangeError('the plain source always goes deep enough');
  return ranking;
}
