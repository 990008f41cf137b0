import { setImmediate } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { tableRows, valuesIn } from '../domain/csv.ts';
import { truthColumns } from '../domain/truth-columns.ts';
import type { Archive } from '../store/archive.ts';
import { itemLookup } from '../store/item-lookup.ts';
import type { Truth } from './truth.ts';

const ROWS_PER_TURN = 200;

/**
 * Reads a table of what is right about items of the archive.
 *
 * @throws ArchiveError `truth.unreadable` without a column for the label and one for the item, or with an item on two
 *   lines that differ.
 */
export async function readTruth(
  archive: Archive,
  text: string,
): Promise<{ truth: Truth[]; unknownItems: number }> {
  const { label, item, sha256, path, patient } = truthColumns(tableRows(text).next().value ?? undefined);
  if (!label || !(item ?? sha256 ?? path))
    throw new ArchiveError('truth.unreadable', {
      line: 1,
      why: 'columns needed: label, and itemId, sha256 or path',
    });
  const lookup = itemLookup(archive.db);
  const found = new Map<number, Truth>();
  let unknownItems = 0;
  let index = -1;
  for (const row of tableRows(text)) {
    index += 1;
    if (index % ROWS_PER_TURN === 0) await setImmediate();
    const itemId = lookup.byRow(row, { sha256, item, path });
    if (itemId === null) {
      unknownItems += 1;
      continue;
    }
    const labels = [...new Set(valuesIn(row[label]))];
    const own = patient ? (row[patient] ?? '') : '';
    const truth = {
      itemId,
      labels: labels.sort(),
      patient: own === '' ? null : own,
    };
    const before = found.get(itemId);
    if (before && before.labels.join('|') !== truth.labels.join('|'))
      throw new ArchiveError('truth.unreadable', { line: index + 2, why: 'the item has other labels above' });
    found.set(itemId, truth);
  }
  return { truth: [...found.values()], unknownItems };
}
