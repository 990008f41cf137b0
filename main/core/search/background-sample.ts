import { sampleIds } from '../domain/ranking.ts';
import type { SearchReader } from '../store/search-reader.ts';
import { toFloats } from '../store/vectors.ts';
import { scanFloats } from '../vectors/scan-rows.ts';

const SAMPLE_ITEMS = 2000;

interface Sample {
  readonly generation: number;
  readonly itemIds: readonly number[];
  /** One row per item. */
  readonly vectors: Float32Array;
}

/**
 * The same random items for every query of an archive, one region each: what a query scores where it has nothing to
 * look for. Filters do not change it.
 */
export function backgroundSample(reader: SearchReader) {
  let kept: Sample | undefined;

  function draw(dimensions: number): Sample {
    const generation = reader.generation();
    if (kept?.generation === generation) return kept;
    const all = reader.itemIds();
    const itemIds: number[] = [];
    const vectors = new Float32Array(SAMPLE_ITEMS * dimensions);
    // While a new model's vectors are being made, many of the sampled items have none yet.
    for (let size = SAMPLE_ITEMS, from = 0; itemIds.length < SAMPLE_ITEMS && from < all.length; size *= 2) {
      const picked = sampleIds(all, size);
      for (const itemId of picked.slice(from)) {
        if (itemIds.length === SAMPLE_ITEMS) break;
        const [regionId] = sampleIds(reader.regionsOfItem(itemId), Infinity);
        const vector = regionId === undefined ? undefined : reader.vectors.vector(regionId);
        if (!vector) continue;
        vectors.set(toFloats(vector), itemIds.length * dimensions);
        itemIds.push(itemId);
      }
      from = picked.length;
    }
    return (kept = { generation, itemIds, vectors: vectors.subarray(0, itemIds.length * dimensions) });
  }

  return {
    /** Scores of the sample, without the query's own items. */
    scores(query: Float32Array, own: ReadonlySet<number>): Float64Array {
      const { itemIds, vectors } = draw(query.length);
      const scores = scanFloats(query, vectors);
      return Float64Array.from(scores).filter((_, index) => !own.has(itemIds[index] as number));
    },
  };
}
