import type { Archive } from '../../main/core/store/archive.ts';
import type { ModelRow } from '../../main/core/store/vectors.ts';

/** Every other item has a caption: two words that all captions have, and some of these. */
const vocabulary = 'nodule lung rib fracture stent effusion tumour lobe opacity heart mass cyst'.split(' ');
const OFTEN = 'chest radiograph';
/** What is asked for: two words that half of the archive has, and two that a sixth of it has. */
export const COMMON_WORDS = `${OFTEN} nodule lung`;

/**
 * Gives captions to every other item, each with the item's own vector as that of its text.
 *
 * @param vectors - of the items, row after row.
 * @param after - the last report that was written before.
 * @returns the last one now.
 */
export function writeReports(
  archive: Archive,
  model: ModelRow,
  itemIds: readonly number[],
  vectors: Float32Array,
  after: number,
): number {
  const origin = 'bench';
  archive.transaction(() => {
    for (const [row, itemId] of itemIds.entries()) {
      if (row % 2 === 1) continue;
      const words = [0, 5, 7].map((step) => vocabulary[(itemId * 31 + step) % vocabulary.length]);
      archive.reports.set(itemId, { kind: 'caption', origin, text: `${OFTEN} ${words.join(' ')}` });
    }
  });
  const rowOf = new Map(itemIds.map((itemId, row) => [itemId, row]));
  return archive.transaction(() => {
    const reports = archive.reportVectors.without(model.id, after, itemIds.length);
    for (const report of reports) {
      const row = rowOf.get(report.itemId) ?? 0;
      const vector = vectors.subarray(row * model.dimensions, (row + 1) * model.dimensions);
      archive.reportVectors.add(model, report, [
        { start: 0, length: report.text.length, truncated: 0, vector },
      ]);
    }
    return reports.at(-1)?.reportId ?? after;
  });
}
