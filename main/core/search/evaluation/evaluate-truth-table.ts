import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { parseTable, valuesIn } from '../../domain/csv.ts';
import { truthColumns } from '../../domain/truth-columns.ts';
import type { ReadDb } from '../../store/database.ts';
import { itemLookup } from '../../store/item-lookup.ts';
import type { RightItem, TruthTable } from './evidence-tasks.ts';

/** Of one text; more are no query of a person's. */
const LONGEST_TEXT = 10_000;

/**
 * Reads what is right about items from a table: a row says that an item is right for a query, or has labels (several
 * apart by `|`). With a column `query` the queries are asked, else the labels.
 *
 * @throws ArchiveError `truth.unreadable`; `evaluation.empty` when none of its items is in the archive.
 */
export function readTruthTable(db: ReadDb, csv: string): TruthTable {
  const rows = parseTable(csv);
  const { query, relevance, label, item, sha256, path, patient } = truthColumns(rows[0]);
  if (!(query ?? label) || !(item ?? sha256 ?? path))
    throw new ArchiveError('truth.unreadable', {
      line: 1,
      why: 'columns needed: label or query, and itemId, sha256 or path',
    });
  const lookup = itemLookup(db);
  const right = new Map<string, Map<number, number>>();
  const labels = new Map<number, Set<string>>();
  const patients = new Map<number, string>();
  let unknownItems = 0;

  for (const [index, row] of rows.entries()) {
    const itemId = lookup.byRow(row, { sha256, item, path });
    if (itemId === null) {
      unknownItems += 1;
      continue;
    }
    if (patient && row[patient]) patients.set(itemId, row[patient]);
    const own = namesIn(label && row[label]);
    for (const one of own) labels.set(itemId, (labels.get(itemId) ?? new Set()).add(one));
    const grade = gradeOf(relevance && row[relevance], index + 2);
    const text = query ? (row[query] ?? '') : '';
    if (text.length > LONGEST_TEXT)
      throw new ArchiveError('truth.unreadable', { line: index + 2, why: 'the query is too long' });
    const texts = query ? (text === '' ? [] : [text]) : own;
    if (grade > 0)
      for (const one of texts)
        right.set(one, (right.get(one) ?? new Map<number, number>()).set(itemId, grade));
  }
  if (right.size === 0) throw new ArchiveError('evaluation.empty', { rows: rows.length, unknownItems });
  return {
    asked: query ? 'queries' : 'labels',
    texts: [...right.keys()],
    right: [...right.values()].map((items) =>
      Array.from(items, ([itemId, grade]): RightItem => ({ itemId, grade })),
    ),
    labelled: Array.from(labels, ([itemId, names]) => ({ itemId, labels: [...names] })),
    patients: [...patients],
    unknownItems,
  };
}

const namesIn = (cell: string | undefined): string[] => [...new Set(valuesIn(cell))];

/** @throws ArchiveError `truth.unreadable` for what is no number. */
function gradeOf(cell: string | undefined, line: number): number {
  if (cell === undefined || cell === '') return 1;
  const grade = Number(cell);
  if (!Number.isFinite(grade) || grade < 0)
    throw new ArchiveError('truth.unreadable', { line, why: 'relevance is a number of at least 0' });
  return grade;
}
