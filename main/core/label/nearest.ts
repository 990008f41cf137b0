import { setImmediate } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import { combine, dot } from '../domain/vector.ts';
import type { Archive } from '../store/archive.ts';
import { vectorReader, toFloats } from '../store/vectors.ts';
import { openRun } from './run-reader.ts';
import { settle } from './truth.ts';

/** Items compared before calls that came in meanwhile get their turn: a few milliseconds. */
const ITEMS_PER_TURN = 200;
/** Of more settled items, the newest by item. */
const MOST_COMPARED = 20_000;

/**
 * Settled items of the run's panel that look most like one of its items to the model: what people called similar
 * pictures. A slide is compared by its whole, a stack of frames by their mean direction.
 *
 * @throws ArchiveError `run.unknown`, `review.invalid` for an item without a vector of the run's model.
 */
export async function nearestSettled(
  archive: Archive,
  { runId, itemId, limit }: Request<'review.nearest'>,
  signal?: AbortSignal,
): Promise<Output<'review.nearest'>> {
  const { run, modelRow } = openRun(archive, runId);
  const reader = vectorReader(archive.db, modelRow);
  const vectorOf = (id: number) =>
    combine(reader.ofItem(id).map(({ vector }) => ({ vector: toFloats(vector), weight: 1 })));
  const own = vectorOf(itemId);
  if (!own) throw new ArchiveError('review.invalid', { why: 'no vector of the model' });
  const { settled } = settle(archive.reviews.inForce(run.panel.name));
  const others = settled.filter((one) => one.itemId !== itemId).slice(-MOST_COMPARED);
  const compared: { itemId: number; labels: readonly string[]; similarity: number }[] = [];
  for (const [turn, other] of others.entries()) {
    if (turn % ITEMS_PER_TURN === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    const vector = vectorOf(other.itemId);
    if (vector) compared.push({ itemId: other.itemId, labels: other.labels, similarity: dot(own, vector) });
  }
  const cases = compared
    .sort((a, b) => b.similarity - a.similarity || a.itemId - b.itemId)
    .slice(0, limit)
    .flatMap(({ itemId: id, labels, similarity }) => {
      const item = archive.items.get(id);
      if (!item) return [];
      return [{ itemId: item.itemId, path: item.path, thumb: item.thumb, labels: [...labels], similarity }];
    });
  return { cases: cases as Output<'review.nearest'>['cases'], settled: others.length };
}
