import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { Match, Why } from '../../../../preload/contract/search.ts';
import {
  type Background,
  backgroundOf,
  type Histogram,
  liftHistogram,
  liftOf,
} from '../../domain/background.ts';
import type { Filter } from '../../domain/filter.ts';
import { byRank, type RankedRegion } from '../../domain/ranking.ts';
import type { ItemRow } from '../../store/item-rows.ts';
import type { RegionRow } from '../../store/items.ts';
import type { Grouped } from '../../store/search-reader.ts';
import { NO_WORDS, type WordsWish } from '../../store/words-ranking.ts';
import type { ChangedVector } from '../../store/vector-changes.ts';
import type { ResidentMatrix } from '../../vectors/resident-matrix.ts';
import type { Wordings } from './auto-line.ts';
import { backgroundSample } from './background-sample.ts';
import { exactScore } from './exact-score.ts';
import { filteredRows } from './filtered-rows.ts';
import type { Placed } from './match-order.ts';
import { createOrder, FEW_REGIONS, type Ordered, type OrderParts, type OrderWish } from './order.ts';
import { keptSnapshots, type Snapshot } from './snapshots.ts';

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
  /** Names the order, so that more of it can be asked for later. */
  readonly snapshot: string;
}

/** More of an order that was given before. */
export interface PageWish {
  readonly snapshot: string;
  readonly offset: number;
  readonly limit: number;
  /** Where it is not the line of the order, what stands out is counted anew. */
  readonly line: number | null;
}

export interface FoundHit {
  /** In the whole order, from 0. */
  readonly place: number;
  readonly row: ItemRow;
  readonly region: RegionRow;
  readonly similarity: number;
  readonly lift: number;
  readonly why: Why | null;
}

export interface Found {
  /** Those that are still there: a place whose item has gone stays empty. */
  readonly hits: readonly FoundHit[];
  readonly total: number;
  readonly standOut: number;
  readonly line: number;
  readonly background: Background & { readonly histogram: Histogram };
  /** Where the candidates came from. */
  readonly by: Ordered['by'];
  /** Items within the filters that have words; null where none were asked. */
  readonly withWords: number | null;
  /** Until the order was known; reading what the hits show comes on top. */
  readonly tookMs: number;
}

/** Answers queries on one connection and for one model; it blocks its thread, which is not the core's. */
export function createSearcher(parts: Omit<OrderParts, 'filtered'> & Pick<WordsWish, 'goOn'>) {
  const { reader, keeper, goOn } = parts;
  const filtered = filteredRows(reader, keeper);
  const sample = backgroundSample(reader);
  const order = createOrder({ ...parts, filtered });
  const snapshots = keptSnapshots(order);

  function run(job: SearchJob): Found {
    const started = performance.now();
    const own = new Set(job.apartFrom ? reader.sharing(job.apartFrom, job.ownItems) : job.ownItems);
    // The matrix is brought up to date first: the sample follows what that is told.
    const matrix = keeper.current();
    const isFollowed = matrix !== null;
    const sampled = once(() => sample.scores(job.vector, own, isFollowed));
    const background = once(() => backgroundOf(sampled()));
    const { vector, where, group, line, wordings } = job;
    const words = job.words
      ? reader.byWords({
          ...{ text: job.words.text, where, own, goOn },
          items: matrix && filtered(matrix, where).items,
        })
      : NO_WORDS;
    const match: Match = job.words?.match ?? 'meaning';
    const wish = { vector, own, where, group, background, line, wordings, match, words };
    const depth = job.offset + job.limit;
    const ordered = order(wish, depth, null);
    const head = {
      total: ordered.total,
      standOut: standOutOf(wish, ordered),
      line: ordered.line,
      background: { ...background(), histogram: histogramOf(sampled(), background(), ordered) },
      by: ordered.by,
      withWords: job.words && words.count,
    };
    snapshots.keep(job.snapshot, { wish: { ...wish, line: ordered.line }, head, ordered, depth });
    const tookMs = performance.now() - started;
    const places = ordered.order.slice(job.offset, depth);
    return { ...head, hits: hitsOf(wish, places, job.offset), tookMs };
  }

  /** @throws ArchiveError `query.snapshot-gone` */
  function page({ snapshot: token, offset, limit, line }: PageWish): Found {
    const started = performance.now();
    const snapshot = kept(token);
    const { wish, head } = snapshot;
    const places = snapshot.upTo(offset + limit).slice(offset);
    const isMoved = line !== null && line !== head.line && head.by !== 'words';
    const counted = isMoved ? { line, standOut: snapshot.standOut(line) } : {};
    const tookMs = performance.now() - started;
    return { ...head, ...counted, hits: hitsOf(wish, places, offset), tookMs };
  }

  /**
   * Items of the whole order that are still there.
   *
   * @param isAbove - only those that stand out.
   * @throws ArchiveError `query.snapshot-gone`
   */
  function ids(token: string, isAbove: boolean): number[] {
    const snapshot = kept(token);
    const depth = isAbove ? snapshot.head.standOut : snapshot.head.total;
    return reader.existing(snapshot.upTo(depth).map(({ itemId }) => itemId));
  }

  function kept(token: string): Snapshot {
    const snapshot = snapshots.get(token);
    if (!snapshot) throw new ArchiveError('query.snapshot-gone');
    return snapshot;
  }

  function hitsOf({ vector, background }: OrderWish, places: readonly Placed[], offset: number): FoundHit[] {
    const rows = reader.items.some(places.map(({ itemId }) => itemId));
    return places.flatMap(({ itemId, region: known, why }, index) => {
      const best = known ?? bestRegion(vector, itemId);
      const row = rows.get(itemId);
      const region = best && reader.region(best.regionId);
      if (!row || !region) return [];
      const lift = liftOf(best.score, background());
      return [{ place: offset + index, row, region, similarity: best.score, lift, why }];
    });
  }

  function bestRegion(vector: Float32Array, itemId: number): RankedRegion | undefined {
    return reader
      .regionsOfItem(itemId)
      .flatMap((regionId) => {
        const found = reader.vectors.vector(regionId);
        return found ? [{ regionId, itemId, score: exactScore(vector, found) }] : [];
      })
      .sort(byRank)[0];
  }

  return {
    run: (job: SearchJob): Found => reader.atOneMoment(() => run(job)),
    page: (wish: PageWish): Found => reader.atOneMoment(() => page(wish)),
    ids: (snapshot: string, isAbove: boolean): number[] => reader.atOneMoment(() => ids(snapshot, isAbove)),
    /** Puts the first places of an order that was just given in another order. */
    arrange: (snapshot: string, itemIds: readonly number[]): void =>
      snapshots.get(snapshot)?.arrange(itemIds),
    /** To be told before the matrix takes changes. */
    changing(matrix: ResidentMatrix, changed: readonly ChangedVector[]): void {
      sample.changing(changed);
      snapshots.changing(
        matrix,
        changed.map(({ regionId }) => regionId),
      );
    },
    /** Whether a resident matrix is worth its memory. */
    isLarge: (): boolean => reader.vectors.count() > FEW_REGIONS,
  };
}
export type Searcher = ReturnType<typeof createSearcher>;

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const standOutOf = ({ match }: OrderWish, { total, ranking }: Ordered): number =>
  match === 'words' ? total : ranking.reaching.length;

function histogramOf(scores: Float64Array, background: Background, { ranking }: Ordered): Histogram {
  const { ranked, reaching } = ranking;
  const below = ranked.slice(reaching.length);
  const results = new Float64Array(reaching.length + below.length);
  results.set(reaching);
  below.forEach(({ score }, index) => (results[reaching.length + index] = score));
  return liftHistogram(background, scores, results);
}
