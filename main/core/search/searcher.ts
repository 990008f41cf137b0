// Long because one answer is an order, its line, its counts and its background, all of one moment.
import type { Match, Why } from '../../../preload/contract/search.ts';
import {
  type Background,
  backgroundOf,
  type Histogram,
  liftHistogram,
  liftOf,
} from '../domain/background.ts';
import { PLAIN_LINE } from '../domain/cutoff.ts';
import type { Filter } from '../domain/filter.ts';
import { byRank, type RankedRegion } from '../domain/ranking.ts';
import type { ItemRow } from '../store/item-rows.ts';
import type { RegionRow } from '../store/items.ts';
import type { Grouped, SearchReader } from '../store/search-reader.ts';
import type { WordsHit } from '../store/words-ranking.ts';
import type { ScanCrew } from '../vectors/scan-crew.ts';
import type { ResidentMatrix } from '../vectors/resident-matrix.ts';
import { autoLine, type Wordings } from './auto-line.ts';
import { backgroundSample } from './background-sample.ts';
import { type Candidates, plainCandidates, tableCandidates } from './candidates.ts';
import { exactScore } from './exact-score.ts';
import { filteredRows } from './filtered-rows.ts';
import { fusedOrder, wordsOrder } from './match-order.ts';
import { matrixCandidates } from './matrix-candidates.ts';
import type { MatrixKeeper } from './matrix-keeper.ts';
import { rank, type Ranking, type RankWish } from './rank.ts';

/** A query as vectors and numbers: what the search thread is asked. */
export interface SearchJob {
  /** Of unit length. */
  readonly vector: Float32Array;
  /** Items that the answer leaves out, because they are part of the query. */
  readonly ownItems: readonly number[];
  readonly where: readonly Filter[];
  /** At most so many of each patient, study or slide. */
  readonly group: { readonly by: Grouped; readonly most: number } | null;
  /** What the answer shares with none of the query's own items. */
  readonly apartFrom: Grouped | null;
  readonly offset: number;
  readonly limit: number;
  /** In spreads above the background's median; null leaves it to the query. */
  readonly line: number | null;
  /** What a query of words alone is compared with to draw the line; null for others, and where a line is given. */
  readonly wordings: Wordings | null;
  /** The order by words that is wanted, with or without the one by meaning; null for meaning alone. */
  readonly words: { readonly text: string; readonly match: Exclude<Match, 'meaning'> } | null;
}

export interface FoundHit {
  readonly row: ItemRow;
  readonly region: RegionRow;
  readonly similarity: number;
  readonly lift: number;
  readonly why: Why | null;
}

export interface Found {
  readonly hits: readonly FoundHit[];
  readonly total: number;
  readonly standOut: number;
  readonly line: number;
  readonly background: Background & { readonly histogram: Histogram };
  /** Where the candidates came from. */
  readonly by: 'matrix' | 'table' | 'all' | 'words';
  /** Items within the filters that have words; null where none were asked. */
  readonly withWords: number | null;
  /** Until the order was known; reading what the hits show comes on top. */
  readonly tookMs: number;
}

export interface SearcherParts {
  readonly reader: SearchReader;
  readonly keeper: MatrixKeeper;
  readonly crewOf: (matrix: ResidentMatrix) => ScanCrew;
}

/** Up to this many vectors are simply all read and compared. */
const FEW_REGIONS = 4096;

/** Answers queries on one connection and for one model; it blocks its thread, which is not the core's. */
export function createSearcher({ reader, keeper, crewOf }: SearcherParts) {
  const sample = backgroundSample(reader);
  const filtered = filteredRows(reader, keeper);
  const drawLine = autoLine(reader);

  function run(job: SearchJob): Found {
    const started = performance.now();
    const ownItems = job.apartFrom ? reader.sharing(job.apartFrom, job.ownItems) : job.ownItems;
    const own = new Set(ownItems);
    const scores = sample.scores(job.vector, own);
    const background = backgroundOf(scores);
    const asked = { ...job, ownItems };
    const words = job.words
      ? reader.byWords(job.words.text, job.where).filter(({ itemId }) => !own.has(itemId))
      : [];
    const { order, ranking, total, by, line } =
      job.words?.match === 'words'
        ? orderByWords(asked, words)
        : orderByMeaning(asked, own, background, words);
    const { ranked, reaching } = ranking;
    const tookMs = performance.now() - started;
    const hits = order.slice(job.offset, job.offset + job.limit).flatMap(({ itemId, region: known, why }) => {
      const best = known ?? bestRegion(job.vector, itemId);
      const row = reader.items.get(itemId);
      const region = best && reader.region(best.regionId);
      if (!row || !region) return [];
      return [{ row, region, similarity: best.score, lift: liftOf(best.score, background), why }];
    });
    const lift = (score: number) => liftOf(score, background);
    const below = ranked.slice(reaching.length).map(({ score }) => score);
    const histogram = liftHistogram(Array.from(scores, lift), [...reaching, ...below].map(lift));
    return {
      hits,
      total,
      standOut: by === 'words' ? total : reaching.length,
      line,
      background: { ...background, histogram },
      by,
      withWords: job.words && words.length,
      tookMs,
    };
  }

  function orderByMeaning(
    job: SearchJob,
    own: ReadonlySet<number>,
    background: Background,
    words: readonly WordsHit[],
  ) {
    const all = rankAll(job, own, background);
    if (!job.words)
      return { ...all, order: all.ranking.ranked.map((region) => ({ ...region, region, why: null })) };
    const depth = job.offset + job.limit;
    // Grouped only when fused: the best of a patient by words need not be the best by meaning.
    const ungrouped = { ...job, group: null, offset: 0, line: all.line };
    const meaningTo = (deep: number): readonly RankedRegion[] =>
      rankAll({ ...ungrouped, limit: deep }, own, background).ranking.ranked;
    return { ...all, order: fusedOrder(meaningTo, words, depth, groupsOf(job)) };
  }

  /** Nothing is ranked by meaning: what was found counts as it is, wherever the line would be. */
  function orderByWords(job: SearchJob, words: readonly WordsHit[]) {
    const order = wordsOrder(words, groupsOf(job));
    const ranking: Ranking = { ranked: [], reaching: [] };
    return { order, ranking, total: order.length, line: job.line ?? PLAIN_LINE, by: 'words' as const };
  }

  const groupsOf = ({ group }: SearchJob): RankWish['groups'] =>
    group && { keyOf: (itemId) => reader.groupKey(group.by, itemId), most: group.most };

  function bestRegion(vector: Float32Array, itemId: number): RankedRegion | undefined {
    return reader
      .regionsOfItem(itemId)
      .flatMap((regionId) => {
        const found = reader.vectors.vector(regionId);
        return found ? [{ regionId, itemId, score: exactScore(vector, found) }] : [];
      })
      .sort(byRank)[0];
  }

  function rankAll(job: SearchJob, own: ReadonlySet<number>, background: Background) {
    const { group, vector, where } = job;
    const lineFor = (candidates: Candidates): number =>
      job.line ?? (job.wordings ? drawLine(candidates, vector, background, job.wordings) : PLAIN_LINE);
    const wishFor = (line: number): RankWish => ({
      depth: job.offset + job.limit,
      threshold: background.median + line * background.spread,
      groups: groupsOf(job),
      takesPart: (itemId) => !own.has(itemId),
      exact(regionId) {
        const found = reader.vectors.vector(regionId);
        return found && exactScore(vector, found);
      },
    });
    const matrix = keeper.current();
    if (matrix) {
      const { rows, items } = filtered(matrix, where);
      const candidates = matrixCandidates(matrix, crewOf(matrix), vector, rows);
      const line = lineFor(candidates);
      const ranking = complete(candidates, wishFor(line));
      const missing = job.ownItems.filter((itemId) => items.has(itemId)).length;
      const total = group ? reader.countRankable(where, group, job.ownItems) : items.size - missing;
      return { ranking, total, line, by: 'matrix' as const };
    }
    const within = where.length > 0 ? reader.regionsWithin(where) : null;
    const total = reader.countRankable(where, group, job.ownItems);
    const table = tableCandidates(reader.vectors, vector, within);
    if (table.size > FEW_REGIONS) {
      const line = lineFor(table);
      const ranking = rank(table, wishFor(line));
      if (ranking) return { ranking, total, line, by: 'table' as const };
    }
    const all = plainCandidates(reader.vectors, vector, within);
    const line = lineFor(all);
    return { ranking: complete(all, wishFor(line)), total, line, by: 'all' as const };
  }

  return {
    run: (job: SearchJob): Found => reader.atOneMoment(() => run(job)),
    /** Whether a resident matrix is worth its memory. */
    isLarge: (): boolean => reader.vectors.count() > FEW_REGIONS,
  };
}
export type Searcher = ReturnType<typeof createSearcher>;

function complete(candidates: Candidates, wish: RankWish): Ranking {
  const ranking = rank(candidates, wish);
  if (!ranking) throw new RangeError('this source always goes deep enough');
  return ranking;
}
