import { ArchiveError } from '../../../preload/contract/faults.ts';
import { combine } from '../domain/vector.ts';
import type { Archive } from '../store/archive.ts';
import { itemVectorReader } from '../store/item-vectors.ts';

/**
 * One direction per item: the mean of its regions' vectors. For a few hundred items; a whole archive is scanned in a
 * thread of its own.
 *
 * @throws ArchiveError `query.not-embedded` when none of them has a vector of the model.
 */
export function itemVectors(archive: Archive, modelRow: number, itemIds: readonly number[]): Float32Array[] {
  const regions = new Map<number, Float32Array[]>();
  for (const { itemId, vector } of itemVectorReader(archive.db, modelRow).of(itemIds)) {
    const known = regions.get(itemId);
    if (known) known.push(vector);
    else regions.set(itemId, [vector]);
  }
  const means = [...regions.values()].flatMap((vectors) => {
    const mean = combine(vectors.map((vector) => ({ vector, weight: 1 })));
    return mean ? [mean] : [];
  });
  if (means.length === 0) throw new ArchiveError('query.not-embedded');
  return means;
}
