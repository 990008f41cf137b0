import { expect, test } from 'vitest';
import type { Heat } from '../../../preload/contract/slides.ts';
import { colourOf, gridOf, paintGrid, scaleBar, tileAt } from '../../../renderer/features/slide/heat-grid.ts';

const heat = {
  x: [0, 448, 896],
  y: [0, 0, 449],
  w: 448,
  h: 448,
  lifts: [1, 5, -1],
  unread: { x: [1344], y: [449] },
} as unknown as Heat;
const grid = gridOf(heat, 1792, 1000);
const stops = [
  { red: 0, green: 0, blue: 0 },
  { red: 100, green: 0, blue: 0 },
  { red: 200, green: 100, blue: 50 },
];

test('every tile has its cell, rounded places too', () => {
  expect([grid.columns, grid.rows]).toEqual([4, 3]);
  expect([...grid.tiles]).toEqual([0, 1, -1, -1, -1, -1, 2, -1, -1, -1, -1, -1]);
  expect(grid.unread[7]).toBe(1);
});

test('the tile under the pointer, and none beyond the slide', () => {
  expect(tileAt(grid, 500, 100)).toBe(1);
  expect(tileAt(grid, 1000, 600)).toBe(2);
  expect(tileAt(grid, 1500, 600)).toBe(-1);
  expect(tileAt(grid, -1, 0)).toBe(-1);
  expect(tileAt(grid, 5000, 0)).toBe(-1);
});

test('what is below the threshold, or was not read, stays clear', () => {
  const rgba = paintGrid(grid, heat.lifts, { from: 0, to: 10, above: 2 }, stops);
  expect([...rgba.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  expect([...rgba.subarray(4, 8)]).toEqual([100, 0, 0, 255]);
  expect(rgba.filter((_, index) => index % 4 === 3 && (rgba[index] ?? 0) > 0)).toHaveLength(1);
});

test('colours stay within the scale', () => {
  expect(colourOf(-3, stops)).toEqual(stops[0]);
  expect(colourOf(3, stops)).toEqual(stops[2]);
  expect(colourOf(0.75, stops)).toEqual({ red: 150, green: 50, blue: 25 });
});

test('the scale bar has a round length that fits', () => {
  expect(scaleBar(0.5, 150)).toEqual({ px: 100, text: '50 µm' });
  expect(scaleBar(10, 150)).toEqual({ px: 100, text: '1 mm' });
  expect(scaleBar(0.013, 150).text).toBe('1 µm');
});
