import { describe, expect, test } from 'vitest';
import { tissueClass, type TissueMask } from '../../../../main/core/domain/tissue.ts';
import { isNear, planTiles, withinBudget } from '../../../../main/core/domain/tiling.ts';

const mask = (width: number, height: number, is: (x: number, y: number) => boolean): TissueMask => ({
  width,
  height,
  classes: Uint8Array.from({ length: width * height }, (_, at) =>
    is(at % width, Math.floor(at / width)) ? tissueClass.tissue : tissueClass.glass,
  ),
  threshold: 20,
  field: 'bright',
});
const everywhere = mask(100, 80, () => true);
const slide = { widthPx: 4480, heightPx: 2240, mppX: 0.25, mppY: 0.25, tilePx: 224, mpp: 0.5 };

describe('a grid of tiles', () => {
  test('covers the slide at the resolution asked for', () => {
    const tiles = planTiles(slide, everywhere);
    // 224 px of 0.5 µm are 448 px of 0.25 µm.
    expect(tiles).toHaveLength(10 * 5);
    expect(tiles[0]).toEqual({ x: 0, y: 0, w: 448, h: 448 });
    expect(tiles.at(-1)).toEqual({ x: 4032, y: 1792, w: 448, h: 448 });
  });
  test('does not drift where the step is no whole number', () => {
    const tiles = planTiles(
      { ...slide, mppX: 0.2528, mppY: 0.2528, widthPx: 100_000, heightPx: 443 },
      everywhere,
    );
    const last = tiles.at(-1);
    expect(last?.x).toBe(Math.round((tiles.length - 1) * ((224 * 0.5) / 0.2528)));
  });
  test('follows pixels that are not square', () => {
    expect(planTiles({ ...slide, mppY: 0.5 }, everywhere)[0]).toEqual({ x: 0, y: 0, w: 448, h: 224 });
  });
  test('takes only what holds tissue', () => {
    const left = planTiles(
      slide,
      mask(100, 80, (x) => x < 50),
    );
    expect(left).toHaveLength(5 * 5);
    expect(left.every(({ x }) => x < 2240)).toBe(true);
    expect(
      planTiles(
        slide,
        mask(100, 80, () => false),
      ),
    ).toEqual([]);
  });
  test('leaves out tiles that hang over the edge by half, but not the only one', () => {
    expect(
      planTiles({ ...slide, widthPx: 448 * 3 + 200 }, everywhere).filter(({ y }) => y === 0),
    ).toHaveLength(3);
    expect(planTiles({ ...slide, widthPx: 100, heightPx: 100 }, everywhere)).toHaveLength(1);
  });
  test('makes no detail that a coarse slide does not have', () => {
    expect(planTiles({ ...slide, mppX: 2, mppY: 2 }, everywhere)).toEqual([]);
    expect(planTiles({ ...slide, mppX: 1, mppY: 1 }, everywhere).length).toBeGreaterThan(0);
  });
});

describe('a budget', () => {
  const tiles = planTiles({ ...slide, widthPx: 448 * 32, heightPx: 448 * 32 }, everywhere);
  test('all, one in n, at most n', () => {
    expect(withinBudget(tiles, { is: 'all' })).toEqual(tiles);
    expect(withinBudget(tiles, { is: 'every', n: 4 })).toHaveLength(256);
    expect(withinBudget(tiles, { is: 'most', n: 100 })).toHaveLength(100);
    expect(withinBudget(tiles, { is: 'most', n: 5000 })).toEqual(tiles);
  });
  test('spreads: every quarter of the slide has its share', () => {
    const some = withinBudget(tiles, { is: 'most', n: 64 });
    const quarter = (x: boolean, y: boolean) =>
      some.filter((tile) => tile.x < 448 * 16 === x && tile.y < 448 * 16 === y).length;
    for (const [x, y] of [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ] as const)
      expect(quarter(x, y)).toBe(16);
  });
  test('is the same every time, in the order of the grid', () => {
    const some = withinBudget(tiles, { is: 'most', n: 77 });
    expect(withinBudget(tiles, { is: 'most', n: 77 })).toEqual(some);
    expect(some.map((tile) => tiles.indexOf(tile))).toEqual(
      some.map((tile) => tiles.indexOf(tile)).toSorted((a, b) => a - b),
    );
  });
});

test('near is overlapping or within the gap', () => {
  const a = { x: 0, y: 0, w: 10, h: 10 };
  expect(isNear(a, { x: 10, y: 0, w: 10, h: 10 })).toBe(false);
  expect(isNear(a, { x: 10, y: 0, w: 10, h: 10 }, 1)).toBe(true);
  expect(isNear(a, { x: 5, y: 5, w: 2, h: 2 })).toBe(true);
});
