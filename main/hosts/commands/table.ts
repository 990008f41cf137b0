import type { Interval } from '../../../preload/contract/calibrations.ts';

/** Rows as columns of text, numbers to the right. The first row is the heading. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => String(row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `value (low to high)`; empty where there is none. */
export const interval = (one: Interval | null): string =>
  one ? `${one.value.toFixed(3)} (${one.low.toFixed(3)} to ${one.high.toFixed(3)})` : '';
