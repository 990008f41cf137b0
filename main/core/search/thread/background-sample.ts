import { sampleIds, shuffleKey } from '../../domain/ranking.ts';
import type { SearchReader } from '../../store/search-reader.ts';
import type { ChangedVector } from '../../store/vector-changes.ts';
import { toFloats } from '../../store/vectors.ts';
import { scanFloats } from '../../vectors/scan-rows.ts';

export const SAMPLE_ITEMS = 2000;

interface Sample {
  readonly generation: number;
  /** In no order; one row of `vectors` each. */
  readonly itemIds: number[];
  readonly regionIds: number[];
  readonly vectors: Float32Array;
  /** The items with a vector whose shuffle keys are smallest; false where there are no more than these. */
  readonly isFull: boolean;
}

type Touched = Pick<ChangedVector, 'regionId' | 'itemId'>;

/** More changes than this at once, and drawing anew is no slower. */
const MOST_TOUCHED = 5000;

/**
 * The same random items for every query of an archive, one region each: what a query scores where it has nothing to
 * look for. Filters do not change it. An import adds to an archive again and again: then the sample takes in what came,
 * which gives the same as drawing it anew.
 */
export function backgroundSample(reader: SearchReader) {
  let kept: Sample | undefined;
  /** Changes since `kept` was drawn; null while nobody tells of them. */
  let touched: Touched[] | null = null;

  function draw(dimensions: number): Sample {
    const generation = reader.generation();
    const all = reader.itemIds();
    const itemIds: number[] = [];
    const regionIds: number[] = [];
    const vectors = new Float32Array(SAMPLE_ITEMS * dimensions);
    // While a new model's vectors are being made, many of the sampled items have none yet.
    for (let size = SAMPLE_ITEMS, from = 0; itemIds.length < SAMPLE_ITEMS && from < all.length; size *= 2) {
      const picked = sampleIds(all, size);
      for (const itemId of picked.slice(from)) {
        if (itemIds.length === SAMPLE_ITEMS) break;
        const found = regionOf(itemId);
        if (!found) continue;
        vectors.set(toFloats(found.vector), itemIds.length * dimensions);
        itemIds.push(itemId);
        regionIds.push(found.regionId);
      }
      from = picked.length;
    }
    return { generation, itemIds, regionIds, vectors, isFull: itemIds.length === SAMPLE_ITEMS };
  }

  function regionOf(itemId: number) {
    const [regionId] = sampleIds(reader.regionsOfItem(itemId), Infinity);
    const vector = regionId === undefined ? undefined : reader.vectors.vector(regionId);
    return regionId !== undefined && vector ? { regionId, vector } : undefined;
  }

  /** @returns false where the sample has to be drawn anew. */
  function takeIn({ itemIds, regionIds, vectors, isFull }: Sample, changes: readonly Touched[]): boolean {
    if (changes.length === 0) return true;
    if (!isFull || changes.length > MOST_TOUCHED) return false;
    const sampled = new Set(regionIds);
    if (changes.some(({ regionId }) => sampled.has(regionId))) return false;
    const dimensions = vectors.length / SAMPLE_ITEMS;
    const before = new Set(itemIds);
    for (const itemId of new Set(changes.map((change) => change.itemId))) {
      // Another region of a sampled item may be the one to take now.
      if (before.has(itemId)) return false;
      const last = placeOfLargest(itemIds);
      const key = shuffleKey(itemId);
      // Of what is gone, nothing was in the sample.
      if (itemId === 0 || key >= shuffleKey(itemIds[last] as number)) continue;
      const found = regionOf(itemId);
      if (!found) continue;
      itemIds[last] = itemId;
      regionIds[last] = found.regionId;
      vectors.set(toFloats(found.vector), last * dimensions);
    }
    return true;
  }

  function current(dimensions: number, isFollowed: boolean): Sample {
    const changes = touched ?? [];
    const isTold = touched !== null;
    touched = isFollowed ? [] : null;
    if (kept && (isTold ? takeIn(kept, changes) : kept.generation === reader.generation())) return kept;
    return (kept = draw(dimensions));
  }

  return {
    /** Told of vectors that came, changed and went since the last scores, where `isFollowed` was said then. */
    changing(changes: readonly Touched[]): void {
      if (touched && touched.length <= MOST_TOUCHED) touched.push(...changes);
    },
    /**
     * Scores of the sample, without the query's own items.
     *
     * @param isFollowed - that `changing` is told of every change from now on.
     */
    scores(query: Float32Array, own: ReadonlySet<number>, isFollowed: boolean): Float64Array {
      const { itemIds, vectors } = current(query.length, isFollowed);
      const scores = scanFloats(query, vectors.subarray(0, itemIds.length * query.length));
      const all = new Float64Array(scores);
      return own.size === 0 ? all : all.filter((_, index) => !own.has(itemIds[index] as number));
    },
  };
}

function placeOfLargest(itemIds: readonly number[]): number {
  let largest = -1;
  let place = 0;
  for (let index = 0; index < itemIds.length; index += 1) {
    const key = shuffleKey(itemIds[index] as number);
    if (key <= largest) continue;
    largest = key;
    place = index;
  }
  return place;
}
