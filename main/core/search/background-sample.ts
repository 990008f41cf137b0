import { sampleIds } from '../domain/ranking.ts';
import type { SearchReader } from '../store/search-reader.ts';
import { exactScore } from './exact-score.ts';

const SAMPLE_ITEMS = 2000;

interface Sample {
  readonly generation: number;
  readonly itemIds: readonly number[];
  readonly vectors: readonly Uint8Array[];
}

/**
 * The same random items for every query of an archive, one region each: what a query scores where it has nothing to
 * look for. Filters do not change it.
 */
export function backgroundSample(reader: SearchReader) {
  let kept: Sample | undefined;

  function draw(): Sample {
    const generation = reader.generation();
    if (kept?.generation === generation) return kept;
    const all = reader.itemIds();
    const itemIds: number[] = [];
    const vectors: Uint8Array[] = [];
    // While a new model's vectors are being made, many of the sampled items have none yet.
    for (let size = SAMPLE_ITEMS, from = 0; itemIds.length < SAMPLE_ITEMS && from < all.length; size *= 2) {
      const picked = sampleIds(all, size);
      for (const itemId of picked.slice(from, size)) {
        if (itemIds.length === SAMPLE_ITEMS) break;
        const [regionId] = sampleIds(reader.regionsOfItem(itemId), Infinity);
        const found = regionId === undefined ? undefined : reader.vectors.one(regionId);
        if (!found) continue;
        itemIds.push(itemId);
        vectors.push(found.vector);
      }
      from = picked.length;
    }
    return (kept = { generation, itemIds, vectors });
  }

  return {
    /** Scores of the sample, without the query's own items. */
    scores(query: Float32Array, own: ReadonlySet<number>): Float64Array {
      const { itemIds, vectors } = draw();
      const scores = vectors.flatMap((vector, index) =>
        own.has(itemIds[index] as number) ? [] : [exactScore(query, vector)],
      );
      return Float64Array.from(scores);
    },
  };
}
