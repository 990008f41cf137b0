import type { Filter } from '../../domain/filter.ts';
import type { SearchReader } from '../../store/search-reader.ts';
import type { MatrixKeeper } from './matrix-keeper.ts';
import type { ResidentMatrix } from '../../vectors/resident-matrix.ts';

export interface FilteredRows {
  /** Rows of the matrix that the filter leaves; null for all. */
  readonly rows: Int32Array | null;
  /** Items that they are of. */
  readonly items: Bits;
  readonly isOnePerItem: boolean;
}

/** A set of whole numbers that are mostly close together. */
export interface Bits {
  readonly size: number;
  has(value: number): boolean;
}

const MOST_KEPT = 8;

/** The rows of a matrix that a filter leaves, kept until anything in the archive changes. */
export function filteredRows(reader: SearchReader, keeper: MatrixKeeper) {
  const kept = new Map<string, FilteredRows & { readonly at: string }>();

  return (matrix: ResidentMatrix, where: readonly Filter[]): FilteredRows => {
    const key = JSON.stringify(where);
    // Without a filter only vectors count; with one, tags and attributes may have changed too.
    const at = where.length === 0 ? `${keeper.seq}` : `${keeper.seq} ${reader.dataVersion()}`;
    const found = kept.get(key);
    if (found?.at === at) return found;
    const fresh = {
      at,
      ...(where.length === 0 ? everything(matrix) : within(matrix, reader.items.ids(where))),
    };
    kept.delete(key);
    kept.set(key, fresh);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    return fresh;
  };
}

export type FilteredRowsOf = ReturnType<typeof filteredRows>;

function everything({ itemIds, count }: ResidentMatrix): FilteredRows {
  const items = bitsOf(itemIds.subarray(0, count));
  return { rows: null, items, isOnePerItem: items.size === count };
}

function within({ itemIds, count }: ResidentMatrix, allowed: readonly number[]): FilteredRows {
  const wanted = bitsOf(allowed);
  const rows: number[] = [];
  for (let row = 0; row < count; row += 1) if (wanted.has(itemIds[row] as number)) rows.push(row);
  const items = bitsOf(rows.map((row) => itemIds[row] as number));
  return { rows: Int32Array.from(rows), items, isOnePerItem: items.size === rows.length };
}

function bitsOf(values: ArrayLike<number>): Bits {
  let largest = 0;
  for (let at = 0; at < values.length; at += 1) largest = Math.max(largest, values[at] as number);
  const marks = new Uint8Array(largest + 1);
  let size = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (marks[value] === 0) size += 1;
    marks[value] = 1;
  }
  return { size, has: (value) => marks[value] === 1 };
}
