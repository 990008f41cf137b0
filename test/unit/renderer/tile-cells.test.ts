import { expect, test } from 'vitest';
import { colourOf, paintCells } from '../../../renderer/features/slide/heat-colours.ts';
import {
  cellAt,
  cellsOf,
  edgesOf,
  marksOf,
  runsOf,
  stepOf,
  tilesOf,
} from '../../../renderer/features/slide/tile-cells.ts';
import { scaleBar } from '../../../renderer/ui/scale-bar.ts';

const cells = cellsOf({ width: 1792, height: 1000 }, { x: 448.2, y: 448.2 });
const places = { x: [0, 448, 896], y: [0, 0, 448] };
const lifts = [1, 5, -4];
const stops = [
  { red: 0, green: 0, blue: 0 },
  { red: 100, green: 0, blue: 0 },
  { red: 200, green: 100, blue: 50 },
];

test('every tile has its cell', () => {
  expect([cells.columns, cells.rows]).toEqual([4, 3]);
  expect([...tilesOf(cells, places)]).toEqual([0, 1, -1, -1, -1, -1, 2, -1, -1, -1, -1, -1]);
  expect([...marksOf(cells, { x: [1345], y: [448] })].indexOf(1)).toBe(7);
});

test('at the far edge of a large slide, too, where rounded sizes would have drifted by cells', () => {
  const grid = { mpp: 0.5, tilePx: 224, tissueTiles: 1, tiles: 1, state: 'done' as const };
  const detail = { stained: [], grids: [grid], mppX: 0.499, mppY: 0.499, width: 200_000, height: 1000 };
  const step = stepOf(detail, { mpp: 0.5, w: 224, h: 224 });
  expect(step.x).toBeCloseTo(224.449, 3);
  const large = cellsOf(detail, step);
  const column = 880;
  const x = Math.round(column * step.x);
  expect(Math.floor((x + 112) / 224)).not.toBe(column);
  expect(tilesOf(large, { x: [x], y: [0] })[column]).toBe(0);
  expect(cellAt(large, x + 100, 50)).toBe(column);
});

test('the cell under the pointer, and none beyond the slide', () => {
  expect(cellAt(cells, 500, 100)).toBe(1);
  expect(cellAt(cells, 1000, 600)).toBe(6);
  expect(cellAt(cells, -1, 0)).toBe(-1);
  expect(cellAt(cells, 5000, 0)).toBe(-1);
});

test('what is below the threshold, or was not read, stays clear', () => {
  const look = { from: 0, to: 10, above: 2, isDifference: false };
  const rgba = paintCells(tilesOf(cells, places), lifts, look, stops);
  expect([...rgba.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  expect([...rgba.subarray(4, 8)]).toEqual([100, 0, 0, 255]);
  expect(rgba.filter((_, index) => index % 4 === 3 && (rgba[index] ?? 0) > 0)).toHaveLength(1);
});

test('of two phrases both sides are drawn, each in its own colour', () => {
  const look = { from: -5, to: 5, above: 2, isDifference: true };
  const rgba = paintCells(tilesOf(cells, places), lifts, look, stops);
  expect([...rgba.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  expect([...rgba.subarray(4, 8)]).toEqual([200, 100, 50, 255]);
  expect([...rgba.subarray(24, 28)]).toEqual([20, 0, 0, 255]);
});

test('colours stay within the scale', () => {
  expect(colourOf(-3, stops)).toEqual(stops[0]);
  expect(colourOf(3, stops)).toEqual(stops[2]);
  expect(colourOf(0.75, stops)).toEqual({ red: 150, green: 50, blue: 25 });
});

test('an area is drawn as runs, and its outline without the edges inside it', () => {
  const three = { columns: 3, rows: 2, stepX: 1, stepY: 1 };
  const marks = Uint8Array.from([1, 1, 0, 0, 1, 1]);
  expect(runsOf(three, marks)).toEqual([
    { column: 0, row: 0, length: 2 },
    { column: 1, row: 1, length: 2 },
  ]);
  // Four cells with three shared edges: 16 sides less twice three.
  expect(edgesOf(three, marks)).toHaveLength(10);
});

test('the scale bar has a round length that fits', () => {
  expect(scaleBar(0.5, 150)).toEqual({ px: 100, text: '50 µm' });
  expect(scaleBar(10, 150)).toEqual({ px: 100, text: '1 mm' });
  expect(scaleBar(0.013, 150).text).toBe('1 µm');
  expect(scaleBar(700, 150).text).toBe('10 cm');
});
