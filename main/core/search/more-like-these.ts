import { createHash } from 'node:crypto';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import { combine } from '../domain/vector.ts';
import type { Archive } from '../store/archive.ts';
import { itemLookup } from '../store/item-lookup.ts';
import { toFloats, vectorReader } from '../store/vectors.ts';
import type { QueryModel } from './chips.ts';
import { evidence } from './evaluation/evidence-thread.ts';
import { FEWEST_EACH } from './fit-separator.ts';
import type { HeldImages } from './held-images.ts';

export interface MoreLikeTheseParts {
  readonly archive: Archive;
  readonly model: () => QueryModel | Promise<QueryModel>;
  readonly heldImages: HeldImages;
}

/**
 * Learns from examples what to look for, and holds it as a part of queries that leaves the examples out.
 *
 * @throws ArchiveError `item.unknown` for one that is not in the archive, `query.not-embedded` when no wanted item has a vector, `query.cancels-out`.
 */
export async function moreLikeThese(
  { archive, model, heldImages }: MoreLikeTheseParts,
  { wanted, unwanted }: Request<'search.learn'>,
  signal: AbortSignal,
): Promise<Output<'search.learn'>> {
  const { row } = await model();
  const not = new Set<number>(unwanted);
  const asked = [...new Set<number>([...wanted, ...unwanted])];
  const lookup = itemLookup(archive.db);
  const missing = asked.find((itemId) => lookup.byId(itemId) === null);
  if (missing !== undefined) throw new ArchiveError('item.unknown', { itemId: missing });
  const patientOf = lookup.patientsOf(asked);
  const reader = vectorReader(archive.db, row.id);
  const examples = asked.flatMap((itemId) => {
    const regions = reader.ofItem(itemId).map(({ vector }) => ({ vector: toFloats(vector), weight: 1 }));
    const vector = combine(regions) ?? regions[0]?.vector;
    return vector ? [{ itemId, vector, isWanted: !not.has(itemId) }] : [];
  });
  const counts = {
    wanted: examples.filter(({ isWanted }) => isWanted).length,
    unwanted: examples.filter(({ isWanted }) => !isWanted).length,
  };
  if (counts.wanted === 0) throw new ArchiveError('query.not-embedded', { itemId: wanted[0] ?? 0 });
  const features = new Float32Array(examples.length * row.dimensions);
  examples.forEach(({ vector }, index) => features.set(vector, index * row.dimensions));
  const fitted = await evidence(
    archive.databasePath,
    'separator',
    {
      dimensions: row.dimensions,
      features,
      wanted: Int32Array.from(examples, ({ isWanted }) => (isWanted ? 1 : 0)),
      patients: examples.map(({ itemId }) => patientOf.get(itemId) ?? null),
    },
    signal,
  );
  const name = `${counts.wanted} wanted${counts.unwanted > 0 ? `, ${counts.unwanted} unwanted` : ''}`;
  if (!fitted.direction) throw new ArchiveError('query.cancels-out', { formula: name });
  const sha256 = createHash('sha256').update(new Uint8Array(fitted.direction.buffer)).digest('hex');
  const ownItems = examples.map(({ itemId }) => itemId);
  heldImages.put({ sha256, name, modelIdentity: row.identity, vector: fitted.direction, ownItems });
  return {
    imageId: sha256,
    name,
    method: fitted.method,
    needed: FEWEST_EACH,
    ...counts,
    held: fitted.held,
    other: fitted.other,
  };
}
