import { quantise } from '../../domain/vector.ts';
import { MAX_NEIGHBOURS, type vectorReader } from '../../store/vectors.ts';
import { exactScore } from './exact-score.ts';

export interface Candidate {
  readonly regionId: number;
  readonly itemId: number;
  /** About the cosine to the query; how far off it may be shows when it is computed exactly. */
  readonly estimate: number;
}

/** Regions for one query and filter, best first, as a source that knows the order only roughly gives them. */
export interface Candidates {
  /** Regions there are in all. */
  readonly size: number;
  /** The `count` best by estimate, highest first, or all there are; null when this source cannot go so deep. */
  best(count: number): readonly Candidate[] | null;
  /** All whose estimate is at least this; null when there are more than this source can give. */
  atLeast(estimate: number): Reaching | null;
  /** Whether it is known that no two regions are of the same item. */
  readonly isOnePerItem: boolean;
}

/** Regions that reach an estimate, in no order: there may be a tenth of a large archive, so that they are no objects. */
export interface Reaching {
  readonly estimates: Float32Array | Float64Array;
  /** Region and item in the place of an estimate. */
  regionAt(place: number): number;
  itemAt(place: number): number;
}

export function reachingOf(candidates: readonly Candidate[], least: number): Reaching {
  const found = candidates.filter(({ estimate }) => estimate >= least);
  return {
    estimates: Float64Array.from(found, ({ estimate }) => estimate),
    regionAt: (place) => (found[place] as Candidate).regionId,
    itemAt: (place) => (found[place] as Candidate).itemId,
  };
}

type Reader = ReturnType<typeof vectorReader>;

/** The `vec0` table of SQLite: quick without any preparation, but never deeper than its own limit. */
export function tableCandidates(
  reader: Reader,
  query: Float32Array,
  within: readonly number[] | null,
): Candidates {
  const coarse = quantise(query).values;
  const size = within?.length ?? reader.count();
  const best = (count: number): Candidate[] | null => {
    if (count > MAX_NEIGHBOURS && size > MAX_NEIGHBOURS) return null;
    return reader
      .nearest(coarse, Math.min(count, MAX_NEIGHBOURS), within)
      .map(({ regionId, itemId, distance }) => ({ regionId, itemId, estimate: 1 - distance }));
  };
  return {
    size,
    best,
    isOnePerItem: false,
    atLeast(estimate) {
      const deepest = best(Math.min(size, MAX_NEIGHBOURS)) ?? [];
      const isAll = deepest.length >= size || (deepest.at(-1)?.estimate ?? -1) < estimate;
      return isAll ? reachingOf(deepest, estimate) : null;
    },
  };
}

/** Every vector, read from the float32 truth: the slowest source, and the one that always can. */
export function plainCandidates(
  reader: Reader,
  query: Float32Array,
  within: readonly number[] | null,
): Candidates {
  const all: Candidate[] = [];
  const add = (regionId: number, itemId: number, vector: Uint8Array) =>
    all.push({ regionId, itemId, estimate: exactScore(query, vector) });
  if (within) {
    for (const regionId of within) {
      const found = reader.one(regionId);
      if (found) add(regionId, found.itemId, found.vector);
    }
  } else for (const { regionId, itemId, vector } of reader.all()) add(regionId, itemId, vector);
  all.sort((a, b) => b.estimate - a.estimate || a.regionId - b.regionId);
  return {
    size: all.length,
    best: (count) => all.slice(0, count),
    isOnePerItem: false,
    atLeast: (estimate) => reachingOf(all, estimate),
  };
}
