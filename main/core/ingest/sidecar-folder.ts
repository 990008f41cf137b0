import { setImmediate as nextTurn } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { FoundTable } from '../../../preload/contract/tables.ts';
import type { JoinableFile } from '../store/tables.ts';
import type { DecodePool } from './decode-pool.ts';
import { scanFolder, type Scanned } from './scan.ts';
import { columnWords, useOf, type ColumnUse } from './sidecar-columns.ts';
import { matchTable, UID, type NamedFiles } from './sidecar-match.ts';
import { mayBeTable, type Table } from './sidecar-parse.ts';

/** Tables that are read before an import; a folder with a JSON file beside each picture has far more. */
const MOST_TABLES = 50;
const SAMPLE_ROWS = 200;
const SHA256 = /^[0-9a-f]{64}$/i;

type Met = Extract<Scanned, { is: 'file' }>;

/**
 * The tables in folders and what joining them would bring, as far as names of files tell: nothing is hashed or
 * decoded, so what names its files by instance or checksum is told apart, not counted.
 *
 * @throws ArchiveError `source.missing`
 */
export async function findTables(
  pool: DecodePool,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<{ tables: FoundTable[]; total: number }> {
  const found: Met[] = [];
  const files: JoinableFile[] = [];
  for (const root of folders)
    for await (const entry of scanFolder(root, signal)) {
      if (entry.is !== 'file') continue;
      if (mayBeTable(entry.path)) found.push(entry);
      else files.push(nameOnly(root, entry.path, files.length + 1));
    }
  const named: NamedFiles = { secret: '', after: (fileId, limit) => files.slice(fileId, fileId + limit) };
  const tables: FoundTable[] = [];
  for (const entry of found.slice(0, MOST_TABLES)) tables.push(await look(pool, entry, named, signal));
  return { tables, total: found.length };
}

/** Numbered from 1 in the order of the scan, so that a number is also where the next page begins. */
const nameOnly = (root: string, path: string, number: number): JoinableFile => ({
  fileId: number,
  itemId: number,
  path,
  root,
  instance: null,
  sha256: '',
});

async function look(
  pool: DecodePool,
  { absolute: path, path: place }: Met,
  files: NamedFiles,
  signal: AbortSignal,
): Promise<FoundTable> {
  try {
    const table = await pool.table({ path }, signal);
    const match = await matchTable(files, table, undefined, signal);
    signal.throwIfAborted();
    const uses: ColumnUse[] = [];
    for (const index of table.columns.keys()) {
      uses.push(useOf(table, index));
      await nextTurn();
    }
    const mayJoinBy = match ? null : laterKey(table);
    const key = match?.column ?? (mayJoinBy ? table.columns.indexOf(mayJoinBy.column) : undefined);
    return {
      is: 'table',
      path,
      place,
      rows: table.rows.length,
      matched: match?.matched ?? 0,
      ambiguous: match?.ambiguous ?? 0,
      joinedBy: match && { column: table.columns[match.column] ?? '', as: match.by },
      mayJoinBy,
      columns: columnWords(table, key, uses),
    };
  } catch (thrown) {
    if (!(thrown instanceof ArchiveError) || thrown.code === 'request.cancelled') throw thrown;
    const { code, message, details } = thrown;
    return { is: 'unreadable', path, place, fault: { code, message, details } };
  }
}

/** A column that names files by what is inside of them. */
function laterKey(table: Table): Extract<FoundTable, { is: 'table' }>['mayJoinBy'] {
  const sample = table.rows.slice(0, SAMPLE_ROWS);
  const holds = (index: number, pattern: RegExp) => {
    const cells = sample.map((row) => row[index] ?? '').filter((cell) => cell !== '');
    return cells.length > 0 && cells.every((cell) => pattern.test(cell));
  };
  for (const [index, column] of table.columns.entries()) {
    if (holds(index, UID)) return { column, as: 'instance' };
    if (holds(index, SHA256)) return { column, as: 'sha256' };
  }
  return null;
}
