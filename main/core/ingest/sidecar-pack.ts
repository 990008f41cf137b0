import { createTurns } from '../store/turns.ts';
import type { Table } from './sidecar-parse.ts';

/**
 * A table as one text and the lengths of its cells: a message of a million strings takes the thread that receives it a
 * tenth of a second, this one a copy.
 */
export interface PackedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** All cells, row by row. */
  readonly text: string;
  /** Of each cell, in UTF-16 units. */
  readonly lengths: Int32Array;
}

/** Rows of a turn at least: some hundred microseconds. */
const LEAST_ROWS = 500;

/** @param table - every row has a cell for every column. */
export function packTable({ name, columns, rows }: Table): PackedTable {
  const lengths = new Int32Array(rows.length * columns.length);
  let at = 0;
  for (const cells of rows) for (const cell of cells) lengths[at++] = cell.length;
  return { name, columns, text: rows.map((cells) => cells.join('')).join(''), lengths };
}

/** The table again, in short turns of the thread. */
export async function unpackTable({ name, columns, text, lengths }: PackedTable): Promise<Table> {
  const rows: string[][] = [];
  const count = lengths.length / columns.length;
  const turn = createTurns(LEAST_ROWS);
  let at = 0;
  while (rows.length < count)
    await turn((most) => {
      for (let left = Math.min(most, count - rows.length); left > 0; left -= 1) {
        const from = rows.length * columns.length;
        const row: string[] = [];
        for (let column = 0; column < columns.length; column += 1) {
          const length = lengths[from + column] ?? 0;
          row.push(text.slice(at, at + length));
          at += length;
        }
        rows.push(row);
      }
    });
  return { name, columns, rows };
}
