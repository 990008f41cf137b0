import type { Match } from '../../../../preload/contract/search.ts';
import { type Background, scoreAt } from '../../domain/background.ts';
import { PLAIN_LINE } from '../../domain/cutoff.ts';
import type { Filter } from '../../domain/filter.ts';
import type { RankedRegion } from '../../domain/ranking.ts';
import type { Grouped, SearchReader } from '../../store/search-reader.ts';
import type { WordsRanking } from '../../store/words-ranking.ts';
import type { ScanCrew } from '../../vectors/scan-crew.ts';
import type { ResidentMatrix } from '../../vectors/resident-matrix.ts';
import { autoLine, type Wordings } from './auto-line.ts';
import { type Candidates, plainCandidates, tableCandidates } from './candidates.ts';
import { exactScore } from './exact-score.ts';
import type { FilteredRowsOf } from './filtered-rows.ts';
import { fusedOrder, type Placed, wordsOrder } from './match-order.ts';
import { matrixCandidates } from './matrix-candidates.ts';
import type { MatrixKeeper } from './matrix-keeper.ts';
import { rank, type Ranking, type RankWish } from './rank.ts';
import type { Members, Scope } from './scope.ts';

/** What an order is made of: a query as vectors and numbers. */
export interface OrderWish {
  /** Of unit length. */
  readonly vector: Float32Array;
  /** Items that the answer leaves out, because they are part of the query. */
  readonly own: ReadonlySet<number>;
  readonly where: readonly Filter[];
  /** At most so many of each patient, study or slide. */
  readonly group: { readonly by: Grouped; readonly most: number } | null;
  /** Computed when it is first asked for. */
  readonly background: () => Background;
  /** In spreads above the background's median; null leaves it to the query. */
  readonly line: number | null;
  readonly wordings: Wordings | null;
  readonly match: Match;
  /** Items that have words of the query, none of them the query's own. */
  readonly words: WordsRanking;
}

export interface Ordered {
  /** The first places, as many as were wanted or all there are. */
  readonly order: readonly Placed[];
  /** By meaning: what was ranked, and the scores of all that reach the line. */
  readonly ranking: Ranking;
  readonly total: number;
  readonly line: number;
  /** Where the candidates came from. */
  readonly by: 'matrix' | 'table' | 'all' | 'words';
  readonly members: Members;
}

export interface OrderParts {
  readonly reader: SearchReader;
  readonly keeper: MatrixKeeper;
  readonly crewOf: (matrix: ResidentMatrix) => ScanCrew;
  readonly filtered: FilteredRowsOf;
}

/** Up to this many vectors are simply all read and compared. */
export const FEW_REGIONS = 4096;

/** Puts items in order, on one connection and for one model. */
export function createOrder({ reader, keeper, crewOf, filtered }: OrderParts) {
  const drawLine = autoLine(reader, keeper);

  const groupsOf = ({ group }: OrderWish): RankWish['groups'] =>
    group && { keyOf: (itemId) => reader.groupKey(group.by, itemId), most: group.most };

  function byMeaning(wish: OrderWish, depth: number, scope: Scope | null): Ordered {
    const all = rankAll(wish, depth, scope);
    if (wish.match === 'meaning')
      return { ...all, order: all.ranking.ranked.map((region) => ({ ...region, region, why: null })) };
    // Grouped only when fused: the best of a patient by words need not be the best by meaning.
    const ungrouped = { ...wish, group: null, line: all.line };
    const meaningTo = (deep: number): readonly RankedRegion[] =>
      rankAll(ungrouped, deep, scope).ranking.ranked;
    return { ...all, order: fusedOrder(meaningTo, wish.words, depth, groupsOf(wish)) };
  }

  /** Nothing is ranked by meaning: what was found counts as it is, wherever the line would be. */
  function byWords(wish: OrderWish): Ordered {
    const order = wordsOrder(wish.words, groupsOf(wish));
    return {
      order,
      ranking: { ranked: [], reaching: new Float64Array() },
      total: order.length,
      line: wish.line ?? PLAIN_LINE,
      by: 'words',
      members: { lastRegion: reader.lastRegion(), items: null, regions: null },
    };
  }

  function rankAll(wish: OrderWish, depth: number, scope: Scope | null): Omit<Ordered, 'order'> {
    const { group, vector, where, own } = wish;
    const lineFor = (candidates: Candidates): number =>
      wish.line ??
      (wish.wordings ? drawLine(candidates, vector, wish.background(), wish.wordings) : PLAIN_LINE);
    const rankWish = (line: number): RankWish => ({
      depth,
      threshold: scoreAt(line, wish.background()),
      groups: groupsOf(wish),
      own,
      exact(regionId) {
        const former = scope?.formerScore(regionId);
        if (former !== undefined) return former;
        if (scope?.isLate(regionId)) return undefined;
        const found = keeper.vector(regionId);
        return found && exactScore(vector, found);
      },
    });
    const then = (candidates: Candidates) => scope?.asThen(candidates) ?? candidates;
    const lastRegion = reader.lastRegion();
    const matrix = keeper.current();
    if (matrix) {
      const now = scope ? null : filtered(matrix, where);
      const rows = now ? now.rows : (scope?.rowsOf(matrix, keeper.seq) ?? null);
      const found = matrixCandidates(
        matrix,
        crewOf(matrix),
        vector,
        rows,
        now?.isOnePerItem ?? false,
        wish.background,
      );
      const candidates = then(found);
      const line = lineFor(candidates);
      const ranking = complete(candidates, rankWish(line));
      const items = now?.items ?? null;
      return {
        ranking,
        total: countIn(items),
        line,
        by: 'matrix',
        members: { lastRegion, items, regions: null },
      };
    }
    const regions = scope ? scope.regions : where.length > 0 ? reader.regionsWithin(where) : null;
    const members = { lastRegion, items: null, regions };
    const total = scope ? 0 : reader.countRankable(where, group, [...own]);
    const table = then(tableCandidates(reader.vectors, vector, regions));
    if (table.size > FEW_REGIONS) {
      const line = lineFor(table);
      const ranking = rank(table, rankWish(line));
      if (ranking) return { ranking, total, line, by: 'table', members };
    }
    const all = then(plainCandidates(reader.vectors, vector, regions));
    const line = lineFor(all);
    // Everything has been compared: to put all of it in order costs little more.
    const scores = new Map(all.best(all.size)?.map(({ regionId, estimate }) => [regionId, estimate]));
    const exact = (regionId: number) => (scope?.isLate(regionId) ? undefined : scores.get(regionId));
    const ranking = complete(all, { ...rankWish(line), exact, depth: Math.max(depth, all.size) });
    return { ranking, total, line, by: 'all', members };

    function countIn(items: { readonly size: number; has(id: number): boolean } | null): number {
      if (!items) return 0;
      if (group) return reader.countRankable(where, group, [...own]);
      let missing = 0;
      for (const itemId of own) if (items.has(itemId)) missing += 1;
      return items.size - missing;
    }
  }

  /**
   * The first `depth` places, of everything that fits now.
   *
   * @param scope - the members of an earlier answer instead; what counts them has no meaning then.
   */
  return (wish: OrderWish, depth: number, scope: Scope | null): Ordered =>
    wish.match === 'words' ? byWords(wish) : byMeaning(wish, depth, scope);
}
export type Order = ReturnType<typeof createOrder>;

function complete(candidates: Candidates, wish: RankWish): Ranking {
  const ranking = rank(candidates, wish);
  if (!ranking) throw new RangeError('this source always goes deep enough');
  return ranking;
}
