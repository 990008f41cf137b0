import { expect, test } from 'vitest';
import {
  areaCounter,
  otsuThreshold,
  sharpness,
  tissueClass,
  tissueMask,
} from '../../../../main/core/domain/tissue.ts';

const width = 120;
const height = 80;
type Rgb = readonly [number, number, number];
const glass: Rgb = [242, 240, 243];
const eosin: Rgb = [220, 150, 185];
const haematoxylin: Rgb = [120, 80, 150];
const greenInk: Rgb = [40, 140, 80];
const blueInk: Rgb = [30, 50, 190];

function drawn(paint: (x: number, y: number) => Rgb): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return paint(pixel % width, Math.floor(pixel / width))[(index % 3) as 0 | 1 | 2];
  });
}
const inside = (x: number, y: number, cx: number, cy: number, r: number) =>
  (x - cx) ** 2 + (y - cy) ** 2 < r * r;

test('tissue of both dyes is found, a hole in it filled, dust left out', () => {
  const rgb = drawn((x, y) =>
    inside(x, y, 60, 40, 5)
      ? glass
      : inside(x, y, 60, 40, 28)
        ? (x + y) % 3
          ? eosin
          : haematoxylin
        : inside(x, y, 8, 8, 2)
          ? eosin
          : glass,
  );
  const mask = tissueMask(rgb, width, height);
  const at = (x: number, y: number) => mask.classes[y * width + x];
  expect(mask.field).toBe('bright');
  expect(at(60, 20)).toBe(tissueClass.tissue);
  expect(at(60, 40)).toBe(tissueClass.tissue);
  expect(at(8, 8)).toBe(tissueClass.glass);
  expect(at(110, 5)).toBe(tissueClass.glass);
  const share = areaCounter(mask, tissueClass.tissue)(0, 0, width, height);
  expect(share).toBeGreaterThan((Math.PI * 27 * 27) / (width * height));
  expect(share).toBeLessThan((Math.PI * 31 * 31) / (width * height));
});

test('a large hole stays glass, and so does the slide around the tissue', () => {
  const rgb = drawn((x, y) => (inside(x, y, 60, 40, 14) ? glass : inside(x, y, 60, 40, 36) ? eosin : glass));
  const mask = tissueMask(rgb, width, height);
  expect(mask.classes[40 * width + 60]).toBe(tissueClass.glass);
});

test.each([
  ['green', greenInk],
  ['blue', blueInk],
] as const)('%s ink is ink, not tissue', (_, ink) => {
  const rgb = drawn((x, y) => (x < 20 ? ink : inside(x, y, 70, 40, 25) ? eosin : glass));
  const mask = tissueMask(rgb, width, height);
  expect(mask.classes[40 * width + 10]).toBe(tissueClass.pen);
  expect(mask.classes[40 * width + 70]).toBe(tissueClass.tissue);
});

test.each([
  ['green', greenInk],
  ['blue', blueInk],
  ['black', [30, 25, 35]],
] as const)('a speck as %s as ink in the middle of tissue is none', (_, ink) => {
  const speck = drawn((x, y) => (inside(x, y, 60, 40, 6) ? ink : inside(x, y, 60, 40, 30) ? eosin : glass));
  expect(tissueMask(speck, width, height).classes[40 * width + 60]).toBe(tissueClass.tissue);
  const stroke = drawn((x, y) => (y > 30 && y < 50 ? ink : inside(x, y, 60, 40, 30) ? eosin : glass));
  expect(tissueMask(stroke, width, height).classes[40 * width + 60]).toBe(tissueClass.pen);
});

test.each([
  ['blood', [147, 35, 60]],
  ['dense eosin', [180, 37, 59]],
] as const)('%s is not taken for red ink, which is', (_, stain) => {
  const of = (colour: Rgb) =>
    tissueMask(
      drawn((x, y) => (inside(x, y, 60, 40, 30) ? colour : glass)),
      width,
      height,
    ).classes[40 * width + 60];
  expect(of(stain)).toBe(tissueClass.tissue);
  expect(of([205, 35, 45])).toBe(tissueClass.pen);
});

test.each([
  ['a nucleus', haematoxylin],
  ['nuclei close together', [90, 72, 158] as const],
])('%s of haematoxylin is not taken for blue ink', (_, stain) => {
  const rgb = drawn((x, y) => (inside(x, y, 60, 40, 30) ? stain : glass));
  expect(tissueMask(rgb, width, height).classes[40 * width + 60]).toBe(tissueClass.tissue);
});

test('a blank slide has no tissue, though Otsu splits its noise', () => {
  const rgb = drawn((x, y) => [
    240 + ((x * 7 + y * 13) % 5),
    240 + ((x * 3 + y) % 5),
    240 + ((x + y * 5) % 5),
  ]);
  expect(tissueMask(rgb, width, height).classes.every((one) => one === tissueClass.glass)).toBe(true);
});

test('on a dark field what shines is tissue', () => {
  const rgb = drawn((x, y) => (inside(x, y, 60, 40, 25) ? [10, 20, 160] : [2, 2, 3]));
  const mask = tissueMask(rgb, width, height);
  expect(mask.field).toBe('dark');
  expect(mask.classes[40 * width + 60]).toBe(tissueClass.tissue);
  expect(mask.classes[5]).toBe(tissueClass.glass);
});

test('Otsu finds the valley between two heaps', () => {
  const values = Uint8Array.from({ length: 1000 }, (_, index) =>
    index < 600 ? 20 + (index % 10) : 150 + (index % 20),
  );
  const threshold = otsuThreshold(values);
  expect(threshold).toBeGreaterThanOrEqual(29);
  expect(threshold).toBeLessThan(150);
});

test('a blurred tile is less sharp than the same tile in focus', () => {
  const side = 64;
  const tile = (wave: number) =>
    Uint8Array.from({ length: side * side * 3 }, (_, index) => {
      const pixel = Math.floor(index / 3);
      return 128 + 80 * Math.sin((pixel % side) * wave) * Math.sin(Math.floor(pixel / side) * wave);
    });
  expect(sharpness(tile(1.2), side, side)).toBeGreaterThan(10 * sharpness(tile(0.1), side, side));
});
