import { expect, test } from 'vitest';

import { viewLevels } from '../../../../main/core/session/view-levels.ts';

const level = (width: number, height: number, downsample: number, tilePx = 240) => ({
  width,
  height,
  downsample,
  tileWidth: tilePx,
  tileHeight: tilePx,
});
const shown = (levels: Parameters<typeof viewLevels>[0]) =>
  viewLevels(levels).map(({ width, height, tilePx, from, shrink, asStored }) =>
    [width, height, tilePx, from, Math.round(shrink), asStored ? 'stored' : 'made'].join(' '),
  );

test('a single level of a few megapixels gets halves and a thumbnail', () => {
  expect(shown([level(2220, 2967, 1)])).toEqual([
    '2220 2967 240 0 1 stored',
    '1110 1484 512 0 2 made',
    '555 742 512 0 4 made',
    '240 320 320 thumbnail 9 made',
  ]);
});

test('halves are made of the smallest level, and none where that is small or very large', () => {
  expect(shown([level(8000, 6400, 1, 256), level(500, 400, 16, 256)])).toHaveLength(2);
  expect(shown([level(8000, 6400, 1), level(2000, 1600, 4)]).slice(2)).toEqual([
    '1000 800 512 1 2 made',
    '320 256 320 thumbnail 6 made',
  ]);
  expect(shown([level(100_000, 80_000, 1)]).slice(1)).toEqual(['320 256 320 thumbnail 313 made']);
});

test('the downsample of what is made counts from level 0', () => {
  expect(viewLevels([level(8000, 6400, 1), level(2000, 1600, 4)]).at(2)?.downsample).toBe(8);
});

test('tiles of an unhandy size are made', () => {
  expect(shown([level(600, 400, 1, 4096)])).toEqual(['600 400 512 0 1 made']);
});
