import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ItemId } from '../../../../preload/contract/ids.ts';
import type { SlideGridView } from '../../../../preload/contract/slides.ts';
import { makeSpoiltSlide } from '../../../support/generated-slide.ts';
import { openProgram } from '../../../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-grid-'));
const program = openProgram();
/** Within tissue: the ellipse of the slide covers its middle. Both end on the edge of a tile of 224 px, or of a band of 256 rows. */
const blurred = { x: 1792, y: 1792, w: 896, h: 1024 };
const pen = { x: 2688, y: 512, w: 448, h: 512 };
let itemId: ItemId;
let grid: SlideGridView;

beforeAll(async () => {
  const source = join(folder, 'source');
  mkdirSync(source);
  await makeSpoiltSlide(join(source, 'spoilt.tif'), { width: 5376, height: 4096 }, { blurred, pen });
  await program.core.openOrCreate(program.archive);
  await program.call('import.start', { folders: [source] });
  await program.idle();
  const { items } = await program.call('items.list', { where: ['kind=slide'] });
  if (!items[0]) throw new Error('no slide was imported');
  itemId = items[0].itemId;
  grid = await program.call('slide.grid', { itemId });
}, 180_000);

afterAll(async () => {
  await program.close();
  rmSync(folder, { recursive: true, force: true });
});

const inside = (x: number, y: number, { x: left, y: top, w, h }: typeof pen) =>
  x >= left && y >= top && x + grid.stepX <= left + w && y + grid.stepY <= top + h;

test('every tile with tissue is either read or not read', async () => {
  const [fine] = (await program.call('slide.get', { itemId })).grids;
  expect([grid.mpp, grid.stepX, grid.stepY]).toEqual([0.5, 224, 224]);
  expect(grid.read.x.length).toBeGreaterThan(40);
  expect(grid.read.x).toHaveLength(fine?.tiles ?? 0);
  expect(grid.read.x.length + grid.unread.x.length).toBe(fine?.tissueTiles);
});

test('what is out of focus is told, and what is sharp is not', () => {
  const flags = grid.read.x.map((x, index) => ({
    flagged: grid.read.blurred[index],
    out: inside(x, grid.read.y[index] ?? 0, blurred),
    near: inside(x, grid.read.y[index] ?? 0, {
      x: blurred.x - 224,
      y: blurred.y - 224,
      w: blurred.w + 448,
      h: blurred.h + 448,
    }),
  }));
  expect(flags.filter(({ out }) => out).length).toBeGreaterThanOrEqual(3);
  expect(flags.filter(({ out, flagged }) => out && !flagged)).toEqual([]);
  expect(flags.filter(({ near, flagged }) => !near && flagged)).toEqual([]);
});

test('marker ink is told where it is, and is not read as tissue', () => {
  expect(grid.pen.x.length).toBeGreaterThanOrEqual(1);
  grid.pen.x.forEach((x, index) => {
    const y = grid.pen.y[index] ?? 0;
    expect(x + grid.stepX > pen.x && x < pen.x + pen.w).toBe(true);
    expect(y + grid.stepY > pen.y && y < pen.y + pen.h).toBe(true);
  });
  const whole = grid.pen.x.findIndex((x, index) => inside(x, grid.pen.y[index] ?? 0, pen));
  expect(whole).toBeGreaterThanOrEqual(0);
  expect(
    grid.read.x.some((x, index) => x === grid.pen.x[whole] && grid.read.y[index] === grid.pen.y[whole]),
  ).toBe(false);
});

test('an unknown slide is refused', async () => {
  await expect(program.call('slide.grid', { itemId: 99_999 as ItemId })).rejects.toMatchObject({
    code: 'item.unknown',
  });
});
