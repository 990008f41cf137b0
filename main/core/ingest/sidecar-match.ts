import { setImmediate as nextTurn } from 'node:timers/promises';
import { pseudonym } from '../domain/pseudonym.ts';
import type { Archive } from '../store/archive.ts';
import type { JoinableFile } from '../store/tables.ts';
import type { Table } from './sidecar-parse.ts';

/** By what a cell names a file. */
export type JoinBy = 'path' | 'name' | 'stem' | 'instance' | 'sha256';

export interface Match {
  readonly column: number;
  readonly by: JoinBy;
  /** Item of each row; null where the row names none, or more than one. */
  readonly items: readonly (number | null)[];
  readonly matched: number;
  /** Rows that name several items. */
  readonly ambiguous: number;
}

/** The files that a table may name. */
export interface NamedFiles {
  /** Key of the hashes under which instances are known. */
  readonly secret: string;
  /** In ascending order of their number. */
  after(fileId: number, limit: number): readonly JoinableFile[];
}

/** Those of an archive that have an item. */
export const filesOf = (archive: Archive): NamedFiles => ({
  secret: archive.settings.get('secret') ?? '',
  after: (fileId, limit) => archive.tables.filesAfter(fileId, limit),
});

/** What a cell may name a file by; in another case only where nothing has the very name. */
interface Key {
  readonly by: JoinBy;
  readonly id: string;
}

const exact = (by: JoinBy, key: string): Key => ({ by, id: `${by}\0${key}` });
const anyCase = (by: JoinBy, key: string): Key => ({ by, id: `${by} in any case\0${key.toLowerCase()}` });
const FILES_PER_TURN = 2000;
const ROWS_PER_TURN = 500;
const SAMPLE_ROWS = 2000;
export const UID = /^[0-9]+(\.[0-9]+){3,}$/;
const SEVERAL = -1;
const LONGEST_PATH = 4096;

/** As paths and names are compared: forward slashes, no leading `./`, composed letters. */
const plain = (value: string): string =>
  value
    .trim()
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^(\.?\/)+/, '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const stemOf = (name: string): string => name.replace(/\.[^.]+$/, '');

/**
 * Finds the column that names the files: of all columns the one whose cells match most rows, by path before name
 * before stem. Goes over the files once, in turns, so that the thread stays free.
 *
 * @param wanted - this column only.
 * @returns null where no column names a file.
 */
export async function matchTable(
  files: NamedFiles,
  table: Table,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<Match | null> {
  const { secret } = files;
  const columns = table.columns.flatMap((name, index) =>
    wanted === undefined ? (mayName(table, index) ? [index] : []) : name === wanted ? [index] : [],
  );
  const found = new Map<string, number>();
  /** Only what a cell asks for is kept: a table may name few of a million files. */
  const asked = new Set<string>();
  for (const [row, cells] of table.rows.entries()) {
    if (row % ROWS_PER_TURN === 0) await nextTurn();
    for (const column of columns) for (const { id } of keysOf(cells[column] ?? '', secret)) asked.add(id);
  }

  const note = ({ id }: Key, itemId: number) => {
    if (!asked.has(id)) return;
    const before = found.get(id);
    found.set(id, before === undefined || before === itemId ? itemId : SEVERAL);
  };
  let after = 0;
  for (;;) {
    if (signal.aborted) return null;
    const page = files.after(after, FILES_PER_TURN);
    for (const { fileId, itemId, path, root, instance, sha256 } of page) {
      const name = nameOf(plain(path));
      for (const key of [exact, anyCase]) {
        note(key('path', plain(path)), itemId);
        note(key('path', plain(`${root}/${path}`)), itemId);
        note(key('name', name), itemId);
        note(key('stem', stemOf(name)), itemId);
      }
      note(exact('sha256', sha256), itemId);
      if (instance !== null) note(exact('instance', instance), itemId);
      after = fileId;
    }
    if (page.length < FILES_PER_TURN) break;
    await nextTurn();
  }

  let best: Match | null = null;
  for (const column of columns) {
    const match = await matchBy(table, column, found, secret);
    if (match.matched > (best?.matched ?? 0)) best = match;
  }
  return best;
}

/** A column that names files repeats itself little; numbers and labels do. */
function mayName(table: Table, column: number): boolean {
  const sample = table.rows.slice(0, SAMPLE_ROWS).map((cells) => cells[column] ?? '');
  const filled = sample.filter((cell) => cell !== '');
  return filled.length > 0 && new Set(filled).size * 10 >= filled.length;
}

/** Row by row: what names one item most narrowly. */
async function matchBy(
  table: Table,
  column: number,
  found: ReadonlyMap<string, number>,
  secret: string,
): Promise<Match> {
  const used = new Map<JoinBy, number>();
  let ambiguous = 0;
  const items: (number | null)[] = [];
  for (const [row, cells] of table.rows.entries()) {
    if (row % ROWS_PER_TURN === 0) await nextTurn();
    const hits = keysOf(cells[column] ?? '', secret).flatMap(({ by, id }) => {
      const item = found.get(id);
      return item === undefined ? [] : [{ by, item }];
    });
    const hit = hits.find(({ item }) => item !== SEVERAL);
    if (!hit && hits.length > 0) ambiguous += 1;
    if (hit) used.set(hit.by, (used.get(hit.by) ?? 0) + 1);
    items.push(hit?.item ?? null);
  }
  const [by = 'name'] = [...used].toSorted(([, a], [, b]) => b - a).map(([name]) => name);
  const matched = [...used.values()].reduce((sum, count) => sum + count, 0);
  return { column, by, items, matched, ambiguous };
}

/** What a cell may name a file by, the surest first. */
function keysOf(cell: string, secret: string): Key[] {
  const value = cell.length > LONGEST_PATH ? '' : plain(cell);
  if (value === '') return [];
  const name = nameOf(value);
  // A cell that is a stem itself has no ending to take away.
  const stem = UID.test(name) ? name : stemOf(name);
  return [
    exact('path', value),
    exact('name', name),
    ...(UID.test(value) ? [exact('instance', pseudonym(secret, 'instance', value))] : []),
    ...(/^[0-9a-f]{64}$/i.test(value) ? [exact('sha256', value.toLowerCase())] : []),
    exact('stem', stem),
    anyCase('path', value),
    anyCase('name', name),
    anyCase('stem', stem),
  ];
}
