import { setImmediate as nextTurn } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { TablePreview } from '../../../preload/contract/tables.ts';
import { pseudonym } from '../domain/pseudonym.ts';
import type { Archive } from '../store/archive.ts';
import type { Attribute } from '../store/items.ts';
import type { NewReport } from '../store/reports.ts';
import { createTurns } from '../store/turns.ts';
import { readCell } from './sidecar-cell.ts';
import { columnWords, originOf, storedName, useOf, type ColumnUse } from './sidecar-columns.ts';
import { filesOf, matchTable, type Match } from './sidecar-match.ts';
import type { Table } from './sidecar-parse.ts';

const SAMPLE = 5;
/** Items of a turn at least: of the longest texts, some milliseconds. */
const LEAST_ITEMS = 5;

/** What joining a table would do; nothing is written. */
export async function previewTable(
  archive: Archive,
  table: Table,
  column: string | undefined,
  signal: AbortSignal,
): Promise<TablePreview> {
  const match = await matchTable(filesOf(archive), table, column, signal);
  const uses = await usesOf(table);
  const withheld = await withheldIn(table, match, uses);
  return summary(table, match, uses, { values: 0, texts: 0, withheld });
}

/**
 * Stores the columns of a table with the items that its rows name; joining again replaces what the same table brought
 * before. Rows of one item are taken together: the last of them that says something counts, and texts are put one below
 * the other. Cells that name or reach somebody are withheld and counted.
 *
 * @param place - where its file lies; what the table of that place said before and says no more is taken back.
 * @throws ArchiveError `table.no-match` when no column names a file of the archive.
 */
export async function joinTable(
  archive: Archive,
  table: Table,
  column: string | undefined,
  signal: AbortSignal,
  place?: string,
): Promise<TablePreview> {
  const match = await matchTable(filesOf(archive), table, column, signal);
  if (!match) throw new ArchiveError('table.no-match', { rows: table.rows.length });
  const uses = await usesOf(table);
  const byItem = rowsByItem(match);
  const written = { values: 0, texts: 0, withheld: 0 };
  const origin = originOf(table);
  const joined = { table, match, uses, origin };
  const secret = archive.settings.get('secret') ?? '';
  const tableId =
    place === undefined ? null : archive.tables.begin(pseudonym(secret, 'place', place), origin);
  const turn = createTurns(LEAST_ITEMS);
  for (let from = 0; from < byItem.length && !signal.aborted;) {
    from += await turn((most) => {
      const some = byItem.slice(from, from + most);
      archive.transaction(() => {
        for (const [itemId, rows] of some) {
          writeItem(archive, joined, itemId, rows, written);
          if (tableId !== null) archive.tables.addItem(tableId, itemId);
        }
        archive.settings.bumpGeneration();
      });
      return some.length;
    });
  }
  if (tableId !== null && !signal.aborted) {
    await takeBack(archive, tableId, origin, new Set(byItem.map(([itemId]) => itemId)));
  }
  return summary(table, match, uses, written);
}

/** What a table said of items of which it says nothing now, unless another table of its name does. */
async function takeBack(
  archive: Archive,
  tableId: number,
  origin: string,
  said: ReadonlySet<number>,
): Promise<void> {
  const turn = createTurns();
  let after: number | undefined = 0;
  while (after !== undefined) {
    const from: number = after;
    after = await turn((most) => {
      const some = archive.tables.itemsOf(tableId, from, most);
      const gone = some.filter((itemId) => !said.has(itemId));
      if (gone.length > 0) archive.transaction(() => gone.forEach(takeOne));
      return some.at(-1);
    });
  }

  function takeOne(itemId: number): void {
    if (archive.tables.dropItem(tableId, itemId, origin)) return;
    archive.tables.setAttributes(itemId, origin, []);
    archive.reports.replace(itemId, origin, []);
    archive.settings.bumpGeneration();
  }
}

/** In turns: a column may have thousands of long cells. */
async function usesOf(table: Table): Promise<ColumnUse[]> {
  const uses: ColumnUse[] = [];
  for (const index of table.columns.keys()) {
    uses.push(useOf(table, index));
    await nextTurn();
  }
  return uses;
}

/** Rows of each item, in the order of the table. */
function rowsByItem({ items }: Match): (readonly [itemId: number, rows: readonly number[]])[] {
  const byItem = new Map<number, number[]>();
  for (const [row, itemId] of items.entries()) {
    if (itemId === null) continue;
    const rows = byItem.get(itemId);
    if (rows) rows.push(row);
    else byItem.set(itemId, [row]);
  }
  return [...byItem];
}

interface Joined {
  readonly table: Table;
  readonly match: Match;
  readonly uses: readonly ColumnUse[];
  readonly origin: string;
}

interface Written {
  values: number;
  texts: number;
  withheld: number;
}

function writeItem(
  archive: Archive,
  { table, match, uses, origin }: Joined,
  itemId: number,
  rows: readonly number[],
  written: Written,
): void {
  const attributes = new Map<string, Attribute>();
  const texts = new Map<string, Omit<NewReport, 'text'> & { readonly own: Set<string> }>();
  for (const row of rows)
    for (const [index, use] of uses.entries()) {
      if (index === match.column) continue;
      const column = table.columns[index] ?? '';
      const cell = readCell(use, column, table.rows[row]?.[index] ?? '');
      const name = storedName(origin, column);
      if (cell.is === 'withheld') written.withheld += 1;
      else if (cell.is === 'number') attributes.set(name, { name, number: cell.number });
      else if (cell.is === 'text') attributes.set(name, { name, text: cell.text });
      else if (cell.is === 'patient') {
        const secret = archive.settings.get('secret') ?? '';
        archive.tables.setPatient(itemId, pseudonym(secret, 'patient', cell.text));
        written.values += 1;
      } else if (cell.is === 'prose') {
        const kind = use.as === 'caption' ? 'caption' : 'report';
        // Several columns of prose stand side by side, each under its name.
        const from = column === kind ? origin : `${origin}: ${column}`;
        const own = texts.get(`${kind} ${from}`)?.own ?? new Set();
        texts.set(`${kind} ${from}`, { kind, origin: from, own: own.add(cell.text) });
      }
    }
  archive.tables.setAttributes(itemId, origin, [...attributes.values()]);
  const reports = [...texts.values()].map(({ own, ...named }) => ({ ...named, text: [...own].join('\n') }));
  archive.reports.replace(itemId, origin, reports);
  written.values += attributes.size;
  written.texts += reports.length;
}

async function withheldIn(table: Table, match: Match | null, uses: readonly ColumnUse[]): Promise<number> {
  const rows = match?.items.flatMap((itemId, row) => (itemId === null ? [] : [row])) ?? [];
  const turn = createTurns();
  let withheld = 0;
  for (let from = 0; from < rows.length;)
    from += await turn((most) => {
      const some = rows.slice(from, from + most);
      for (const row of some)
        for (const [index, use] of uses.entries()) {
          const cell = readCell(use, table.columns[index] ?? '', table.rows[row]?.[index] ?? '');
          if (index !== match?.column && cell.is === 'withheld') withheld += 1;
        }
      return some.length;
    });
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
