import { setImmediate as nextTurn } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { TablePreview } from '../../../preload/contract/tables.ts';
import { pseudonym } from '../domain/pseudonym.ts';
import type { Archive } from '../store/archive.ts';
import type { Attribute } from '../store/items.ts';
import { columnWords, isHarmless, numberOf, storedName, useOf, type ColumnUse } from './sidecar-columns.ts';
import { filesOf, matchTable, type Match } from './sidecar-match.ts';
import type { Table } from './sidecar-parse.ts';

const SAMPLE = 5;
const ROWS_PER_TURN = 500;
/** Longer values are prose in a column of labels; they are left out rather than cut. */
const LONGEST_VALUE = 500;

/** What joining a table would do; nothing is written. */
export async function previewTable(
  archive: Archive,
  table: Table,
  column: string | undefined,
  signal: AbortSignal,
): Promise<TablePreview> {
  const match = await matchTable(filesOf(archive), table, column, signal);
  const uses = table.columns.map((_, index) => useOf(table, index));
  const withheld = await withheldIn(table, match, uses);
  return summary(table, match, uses, { values: 0, texts: 0, withheld });
}

/**
 * Stores the columns of a table with the items that its rows name; joining again replaces what the same table brought
 * before. Cells that name or reach somebody are withheld and counted.
 *
 * @throws ArchiveError `table.no-match` when no column names a file of the archive.
 */
export async function joinTable(
  archive: Archive,
  table: Table,
  column: string | undefined,
  signal: AbortSignal,
): Promise<TablePreview> {
  const match = await matchTable(filesOf(archive), table, column, signal);
  if (!match) throw new ArchiveError('table.no-match', { rows: table.rows.length });
  const uses = table.columns.map((_, index) => useOf(table, index));
  const written = { values: 0, texts: 0, withheld: 0 };
  for (let from = 0; from < table.rows.length && !signal.aborted; from += ROWS_PER_TURN) {
    archive.transaction(() => {
      for (let row = from; row < Math.min(from + ROWS_PER_TURN, table.rows.length); row++)
        writeRow(archive, table, match, uses, row, written);
      archive.settings.bumpGeneration();
    });
    await nextTurn();
  }
  return summary(table, match, uses, written);
}

interface Written {
  values: number;
  texts: number;
  withheld: number;
}

function writeRow(
  archive: Archive,
  table: Table,
  match: Match,
  uses: readonly ColumnUse[],
  row: number,
  written: Written,
): void {
  const itemId = match.items[row];
  const cells = table.rows[row];
  if (itemId === null || itemId === undefined || !cells) return;
  const attributes: Attribute[] = [];
  uses.forEach((use, index) => {
    const [column = '', value = ''] = [table.columns[index], cells[index]];
    const name = storedName(table, column);
    if (index === match.column || value === '' || use.as === 'dropped') return;
    if (use.as === 'patient') {
      archive.tables.setPatient(itemId, pseudonym(archive.settings.get('secret') ?? '', 'patient', value));
      written.values += 1;
      return;
    }
    if (use.as === 'number') {
      attributes.push({ name, number: numberOf(value) ?? 0 });
      return;
    }
    if (!isHarmless(value) || (use.as === 'text' && value.length > LONGEST_VALUE)) {
      written.withheld += 1;
      return;
    }
    if (use.as === 'text') {
      attributes.push({ name, text: value });
      return;
    }
    // Several columns of prose stand side by side, each under its name.
    const origin = column === use.as ? table.name : `${table.name}: ${column}`;
    archive.reports.set(itemId, { kind: use.as, origin, text: value });
    written.texts += 1;
  });
  archive.tables.setAttributes(itemId, table.name, attributes);
  written.values += attributes.length;
}

async function withheldIn(table: Table, match: Match | null, uses: readonly ColumnUse[]): Promise<number> {
  let withheld = 0;
  for (const [row, itemId] of (match?.items ?? []).entries()) {
    if (row % ROWS_PER_TURN === 0) await nextTurn();
    if (itemId === null) continue;
    uses.forEach(({ as }, index) => {
      if (index === match?.column || (as !== 'text' && as !== 'caption' && as !== 'report')) return;
      if (!isHarmless(table.rows[row]?.[index] ?? '')) withheld += 1;
    });
  }
  return withheld;
}

function summary(
  table: Table,
  match: Match | null,
  uses: readonly ColumnUse[],
  written: Readonly<Written>,
): TablePreview {
  const matchedRows = match?.items.flatMap((itemId, row) => (itemId === null ? [] : [row])) ?? [];
  return {
    name: table.name,
    rows: table.rows.length,
    joinedBy: match && { column: table.columns[match.column] ?? '', as: match.by },
    matched: match?.matched ?? 0,
    ambiguous: match?.ambiguous ?? 0,
    unmatched: table.rows.length - (match?.matched ?? 0) - (match?.ambiguous ?? 0),
    columns: columnWords(table, match?.column, uses),
    sample: matchedRows
      .slice(0, SAMPLE)
      .map((row) => ({ key: table.rows[row]?.[match?.column ?? 0] ?? '', itemId: match?.items[row] ?? 0 })),
    ...written,
  };
}
