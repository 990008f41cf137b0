import { describe, expect, test } from 'vitest';

import {
  layOut,
  MAX_TILES,
  placeOf,
  SPARE_ROWS,
  stepFrom,
  tilesBetween,
  type GridSection,
} from '../../../renderer/ui/grid-layout.ts';

const measure = { widthPx: 500, viewportPx: 400, tilePx: 116, captionPx: 34, gapPx: 8 };
const section = (id: string, count: number, more: Partial<GridSection> = {}): GridSection => ({
  id,
  label: id,
  count,
  scale: 1,
  headPx: 40,
  ...more,
});
/** Four columns, two sections: 6 tiles above the line, 9 below. */
const two = layOut([section('above', 6), section('below', 9)], measure);

test('sections follow each other, tiles fill the row, and no tile is left out', () => {
  const [above, below] = two.sections;
  expect(above).toMatchObject({ first: 0, columns: 4, tilePx: 119, topPx: 0 });
  expect(below?.first).toBe(6);
  expect(below?.topPx).toBe(above?.heightPx);
  expect(two.heightPx).toBe((above?.heightPx ?? 0) + (below?.heightPx ?? 0));
  const places = two.sections.flatMap((one) => tilesBetween(one, 8, 0, 10_000));
  expect(places.map(({ index }) => index)).toEqual(Array.from({ length: 15 }, (_, at) => at));
  expect(Math.max(...places.map(({ xPx, sizePx }) => xPx + sizePx))).toBeLessThanOrEqual(measure.widthPx);
  expect(new Set(places.map(({ xPx, yPx }) => `${xPx},${yPx}`)).size).toBe(15);
});

test('only the rows near the window are drawn', () => {
  const long = layOut([section('all', 100_000, { headPx: 0 })], measure);
  const [all] = long.sections;
  if (!all) throw new Error('no section');
  const drawn = tilesBetween(all, 8, 50_000, 50_400);
  const rows = Math.ceil(measure.viewportPx / all.rowPx) + 1 + 2 * SPARE_ROWS;
  expect(drawn.length).toBeLessThanOrEqual(rows * all.columns);
  expect(drawn[0]?.yPx).toBeLessThanOrEqual(50_000 - SPARE_ROWS * all.rowPx + all.rowPx);
});

test('however large the screen and small the tiles, no more than 300 are alive', () => {
  const screen = { ...measure, widthPx: 3_840, viewportPx: 2_100, tilePx: 88 };
  const huge = layOut([section('all', 1_000_000, { scale: 0.8 })], screen);
  const [all] = huge.sections;
  if (!all) throw new Error('no section');
  expect(tilesBetween(all, 8, 500_000, 502_100).length).toBeLessThanOrEqual(MAX_TILES);
});

describe('keys', () => {
  test.each([
    [0, 'left', 0],
    [14, 'right', 14],
    [5, 'home', 0],
    [5, 'end', 14],
    [1, 'down', 5],
    [2, 'down', 5], // The row below is short: its last.
    [5, 'down', 7], // Into the next section, same column.
    [7, 'up', 5], // And back.
    [8, 'up', 5], // No such column there: its last.
    [13, 'down', 14],
    [14, 'down', 14],
    [3, 'up', 3],
  ] as const)('from %d, %s leads to %d', (from, step, to) => {
    expect(stepFrom(two, from, step, measure.viewportPx)).toBe(to);
  });

  test('a page down and a page up lead back', () => {
    const long = layOut([section('all', 1_000)], measure);
    const down = stepFrom(long, 401, 'page-down', 600);
    expect(down).toBeGreaterThan(401);
    expect(stepFrom(long, down, 'page-up', 600)).toBe(401);
  });
});

test('the place of a tile is that of its row', () => {
  const drawn = two.sections.flatMap((one) => tilesBetween(one, 8, 0, 10_000));
  for (const { index, yPx } of drawn) expect(placeOf(two, index)?.topPx).toBe(yPx);
  expect(placeOf(two, 15)).toBeUndefined();
});
