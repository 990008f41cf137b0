import { dot } from '../../domain/vector.ts';
import type { RankedRegion } from '../../domain/ranking.ts';
import type { ResidentMatrix } from '../../vectors/resident-matrix.ts';
import { type Candidate, type Candidates, reachingOf } from './candidates.ts';
import type { Bits } from './filtered-rows.ts';
import type { Placed } from './match-order.ts';

/** What took part in an answer. What comes later does not, and what goes keeps its place. */
export interface Members {
  /** Regions with higher numbers came later. */
  readonly lastRegion: number;
  /** Items that the filters left; null where the regions say it, or where everything took part. */
  readonly items: Bits | null;
  /** Regions that the filters left, ascending; null where the items say it, or where everything took part. */
  readonly regions: readonly number[] | null;
}

/**
 * The members of an answer as they were when it was given, so that every page of it is cut from the same list: the
 * archive may grow and change between two pages.
 */
export function createScope(members: Members, query: Float32Array, ownItems: ReadonlySet<number>) {
  /** What a region scored that has changed or gone since. */
  const former = new Map<number, RankedRegion>();
  let kept: { readonly seq: number; readonly rows: Int32Array } | undefined;

  /** Whether a region came after the answer. */
  const isLate = (regionId: number): boolean => regionId > members.lastRegion;
  const isMember = (regionId: number, itemId: number): boolean =>
    !isLate(regionId) && (members.items?.has(itemId) ?? true) && !former.has(regionId);

  return {
    regions: members.regions,
    isLate,
    formerScore: (regionId: number): number | undefined => former.get(regionId)?.score,

    /** Rows of the members; kept until the matrix changes. */
    rowsOf(matrix: ResidentMatrix, seq: number): Int32Array {
      if (kept?.seq === seq) return kept.rows;
      const within = members.regions && new Set(members.regions);
      const rows: number[] = [];
      for (let row = 0; row < matrix.count; row += 1) {
        const regionId = matrix.regionIds[row] as number;
        if (!isMember(regionId, matrix.itemIds[row] as number)) continue;
        if (within?.has(regionId) ?? true) rows.push(row);
      }
      kept = { seq, rows: Int32Array.from(rows) };
      return kept.rows;
    },

    /**
     * The candidates of now with those that have changed or gone, in their former places. Late ones are not counted,
     * but stand in `best`, which may not look shorter than what there is: they have no exact score.
     */
    asThen(candidates: Candidates): Candidates {
      const extra = Array.from(former.values(), ({ regionId, itemId, score }): Candidate => {
        return { regionId, itemId, estimate: score };
      });
      const joined = (some: readonly Candidate[]) =>
        [...some, ...extra].sort((a, b) => b.estimate - a.estimate || a.regionId - b.regionId);
      return {
        size: candidates.size + extra.length,
        best(count) {
          const some = candidates.best(Math.min(count, candidates.size));
          return some && joined(some).slice(0, count);
        },
        isOnePerItem: candidates.isOnePerItem && extra.length === 0,
        atLeast(least) {
          const now = candidates.atLeast(least);
          if (!now) return null;
          const early: number[] = [];
          for (let place = 0; place < now.estimates.length; place += 1)
            if (!isLate(now.regionAt(place))) early.push(place);
          const then = reachingOf(extra, least);
          const estimates = new Float64Array(early.length + then.estimates.length);
          early.forEach((place, at) => (estimates[at] = now.estimates[place] as number));
          estimates.set(then.estimates, early.length);
          const of = (at: number, part: 'regionAt' | 'itemAt'): number =>
            at < early.length ? now[part](early[at] as number) : then[part](at - early.length);
          return { estimates, regionAt: (at) => of(at, 'regionAt'), itemAt: (at) => of(at, 'itemAt') };
        },
      };
    },

    /**
     * Called before the matrix is changed: its rows still tell what these regions scored.
     *
     * @param order - what was ranked so far, by exact scores.
     */
    remember(matrix: ResidentMatrix, regionIds: readonly number[], order: readonly Placed[]): void {
      const touched = regionIds.filter((regionId) => matrix.find(regionId) >= 0 && !former.has(regionId));
      if (touched.length === 0) return;
      const exact = new Map(order.flatMap(({ region }) => (region ? [[region.regionId, region]] : [])));
      for (const regionId of touched) {
        const row = matrix.find(regionId);
        const itemId = matrix.itemIds[row] as number;
        if (!isMember(regionId, itemId) || ownItems.has(itemId)) continue;
        const score = exact.get(regionId)?.score ?? dot(query, matrix.vectorAt(row));
        former.set(regionId, { regionId, itemId, score });
      }
    },
  };
}
export type Scope = ReturnType<typeof createScope>;
