import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { ReadDb } from '../../store/database.ts';
import { reportTexts, type ReportRow } from '../../store/reports.ts';
import type { TruthTable } from './evidence-tasks.ts';

/**
 * What the archive's own captions and reports are right about: their items.
 *
 * @throws ArchiveError `captions.unknown` where it has none.
 */
export function captionTable(db: ReadDb, kinds: readonly ReportRow['kind'][]): TruthTable {
  const right = new Map<string, Set<number>>();
  for (const { itemId, text } of reportTexts(db, kinds)) {
    const known = right.get(text) ?? new Set();
    right.set(text, known.add(itemId));
  }
  if (right.size === 0) throw new ArchiveError('captions.unknown', { pairs: 0, unknownItems: 0 });
  return {
    asked: 'queries',
    texts: [...right.keys()],
    right: [...right.values()].map((items) => Array.from(items, (itemId) => ({ itemId, grade: 1 }))),
    labelled: [],
    patients: [],
    unknownItems: 0,
  };
}
