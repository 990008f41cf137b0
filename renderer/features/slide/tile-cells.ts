import type { SlideDetail } from '../../../preload/contract/slides.ts';

/** A slide cut into the cells of its tiles. */
export interface Cells {
  readonly columns: number;
  readonly rows: number;
  /** Size of a cell, in pixels of level 0; not rounded, unlike the places of tiles. */
  readonly stepX: number;
  readonly stepY: number;
}

/** Places of tiles: columns of equal length. */
export interface Places {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface Step {
  readonly x: number;
  readonly y: number;
}

/**
 * From one tile to the next at a resolution. Places are rounded to whole pixels, and so is a tile's size: counting in
 * sizes would end up in the wrong cell at the far edge of a large slide.
 */
export function stepOf(
  detail: Pick<SlideDetail, 'grids' | 'stained' | 'mppX' | 'mppY'>,
  { mpp, w, h }: { readonly mpp: number; readonly w: number; readonly h: number },
): Step {
  const all = [...detail.grids, ...detail.stained.flatMap(({ grids }) => grids)];
  const grid = all.find((one) => one.mpp === mpp);
  if (!grid || detail.mppX === null || detail.mppY === null) return { x: w, y: h };
  return { x: (grid.tilePx * mpp) / detail.mppX, y: (grid.tilePx * mpp) / detail.mppY };
}

export const cellsOf = (
  { width, height }: { readonly width: number; readonly height: number },
  step: Step,
): Cells => ({
  columns: Math.ceil(width / step.x),
  rows: Math.ceil(height / step.y),
  stepX: step.x,
  stepY: step.y,
});

/** The cell of a tile's corner; its middle tells it, because corners are rounded. */
const cellOf = ({ columns, stepX, stepY }: Cells, x: number, y: number): number =>
  Math.floor(y / stepY + 0.5) * columns + Math.floor(x / stepX + 0.5);

/** Index of each cell's tile; -1 where there is none. */
export function tilesOf(cells: Cells, places: Places): Int32Array {
  const tiles = new Int32Array(cells.columns * cells.rows).fill(-1);
  places.x.forEach((x, index) => (tiles[cellOf(cells, x, places.y[index] ?? 0)] = index));
  return tiles;
}

/** 1 in the cells of the places. */
export function marksOf(cells: Cells, places: Places): Uint8Array {
  return Uint8Array.from(tilesOf(cells, places), (tile) => (tile < 0 ? 0 : 1));
}

/** The cell under a place in pixels of level 0; -1 beyond the slide. */
export function cellAt({ columns, rows, stepX, stepY }: Cells, x: number, y: number): number {
  const column = Math.floor(x / stepX);
  const row = Math.floor(y / stepY);
  return column < 0 || row < 0 || column >= columns || row >= rows ? -1 : row * columns + column;
}

/** Marked cells as few rectangles, in cells: runs along the rows. */
export function runsOf({ columns, rows }: Cells, marks: Uint8Array) {
  const runs: { readonly column: number; readonly row: number; readonly length: number }[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const from = column;
      while (column < columns && marks[row * columns + column] === 1) column++;
      if (column > from) runs.push({ column: from, row, length: column - from });
    }
  return runs;
}

/** Edges between marked cells and others, in cells: the outline of the marked area. */
export function edgesOf({ columns, rows }: Cells, marks: Uint8Array) {
  const at = (column: number, row: number) =>
    column >= 0 && row >= 0 && column < columns && row < rows ? marks[row * columns + column] === 1 : false;
  const edges: (readonly [fromColumn: number, fromRow: number, toColumn: number, toRow: number])[] = [];
  for (let row = 0; row <= rows; row++)
    for (let column = 0; column <= columns; column++) {
      if (at(column, row) !== at(column, row - 1)) edges.push([column, row, column + 1, row]);
      if (at(column, row) !== at(column - 1, row)) edges.push([column, row, column, row + 1]);
    }
  return edges;
}
