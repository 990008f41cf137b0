import { copyFileSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';

import { inspectFile } from '../../../../../main/core/imaging/inspect.ts';
import { openSlide } from '../../../../../main/core/imaging/slide/open-slide.ts';
import type { SlidePixels } from '../../../../../main/core/imaging/slide/slide.ts';
import { hasShared, shared } from '../../../../support/shared.ts';
import {
  buildEts,
  buildVsi,
  stackFields,
  writeVsi,
  type BuiltStack,
} from '../../../../support/vsi-builder.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-olympus-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const TILE = 64;
let made = 0;
const folder = () => join(root, String(made++));

const flat = (rgb: readonly number[]) =>
  Uint8Array.from({ length: TILE * TILE * 3 }, (_, index) => rgb[index % 3] ?? 0);
const jpeg = (rgb: readonly number[]) =>
  sharp(flat(rgb), { raw: { width: TILE, height: TILE, channels: 3 } })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
const deep = (value: number) => new Uint8Array(Uint16Array.from({ length: TILE * TILE }, () => value).buffer);
const colourAt = ({ data, width }: SlidePixels, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];
const near = (got: readonly number[], wanted: readonly number[], within = 3) =>
  wanted.forEach((value, index) => expect(Math.abs((got[index] ?? NaN) - value)).toBeLessThanOrEqual(within));

const scan: BuiltStack = { name: '40x_01', width: 200, height: 150, mpp: 0.25, power: 40 };
const label: BuiltStack = { name: 'Label', width: 64, height: 64 };
const overview: BuiltStack = { name: 'Overview', width: 64, height: 64, type: 1 };

/** A pyramid of JPEG tiles: pink, its first tile blue, without the tile of the third column in the second row. */
async function brightField() {
  const pink = await jpeg([230, 150, 190]);
  const blue = await jpeg([60, 60, 200]);
  const tiles = [];
  for (const [level, columns, rows] of [[0, 4, 3], [1, 2, 2], [2, 1, 1]] as const)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        if (level !== 0 || column !== 2 || row !== 1)
          tiles.push({ coordinates: [column, row, 0, level], bytes: column + row === 0 ? blue : pink });
  return buildEts({ tile: [TILE, TILE], compression: 2, pyramid: true, dimensions: 4, tiles });
} // prettier-ignore
const onlyTile = (bytes: Uint8Array) =>
  buildEts({
    tile: [TILE, TILE],
    compression: 2,
    dimensions: 4,
    tiles: [{ coordinates: [0, 0, 0, 0], bytes }],
  });

describe('a bright field scan', () => {
  test('is read level by level at the size that the tags state, the gap white', async () => {
    const vsi = buildVsi([stackFields(scan)]);
    const slide = await openSlide(writeVsi(folder(), 'A', vsi, { stack1: await brightField() }));
    expect(slide).toMatchObject({ vendor: 'olympus', mppX: 0.25, mppY: 0.25, objectivePower: 40 });
    expect(slide.levels.map(({ width, height }) => [width, height])).toEqual([[200, 150], [100, 75], [50, 38]]); // prettier-ignore
    const whole = await slide.readRegion({ level: 0, x: 0, y: 0, w: 210, h: 150 });
    near(colourAt(whole, 10, 10), [60, 60, 200]);
    near(colourAt(whole, 100, 10), [230, 150, 190]);
    near(colourAt(whole, 140, 70), [255, 255, 255]);
    near(colourAt(whole, 205, 10), [255, 255, 255]);
    near(colourAt(await slide.readRegion({ level: 2, x: 0, y: 0, w: 50, h: 38 }), 20, 20), [60, 60, 200]);
    await slide.close();
  });

  test('passes stored JPEG tiles on', async () => {
    const vsi = buildVsi([stackFields(scan)]);
    const slide = await openSlide(writeVsi(folder(), 'A', vsi, { stack1: await brightField() }));
    const tile = await slide.rawTile(0, 1, 0);
    expect(Buffer.from(tile?.bytes ?? []).equals(await jpeg([230, 150, 190]))).toBe(true);
    expect(await slide.rawTile(0, 2, 1)).toBeNull();
    await slide.close();
  });

  test('is found among label and overview, which are named and stay closed', async () => {
    const vsi = buildVsi([label, overview, scan].map(stackFields));
    const secret = onlyTile(await jpeg([255, 0, 0]));
    const files = { stack1: secret, stack10000: secret, stack10001: await brightField() };
    const slide = await openSlide(writeVsi(folder(), 'A', vsi, files));
    expect(slide.associated).toEqual(['thumbnail', 'label', 'macro']);
    near(colourAt(await slide.readRegion({ level: 0, x: 0, y: 0, w: 64, h: 64 }), 10, 10), [60, 60, 200]);
    await slide.close();
  });

  test('is found by the folder that the tags name, whatever the order', async () => {
    const vsi = buildVsi([
      stackFields({ ...scan, folder: 'stack1' }),
      stackFields({ ...label, folder: 'stack2' }),
    ]);
    const files = { stack1: await brightField(), stack2: onlyTile(await jpeg([255, 0, 0])) };
    const slide = await openSlide(writeVsi(folder(), 'A', vsi, files));
    expect(slide.width).toBe(200);
    await slide.close();
  });

  test('is found where no picture is marked as having files, and where a picture has several', async () => {
    const vsi = buildVsi([label, scan].map((one) => stackFields({ ...one, isMarked: false })));
    const files = { stack1: onlyTile(await jpeg([255, 0, 0])), stack10001: await brightField() };
    const path = writeVsi(folder(), 'A', vsi, files);
    copyFileSync(join(path, '../_A_/stack1/frame_t.ets'), join(path, '../_A_/stack10001/frame_t_1.ets'));
    const slide = await openSlide(path);
    expect(slide.width).toBe(200);
    near(colourAt(await slide.readRegion({ level: 0, x: 0, y: 0, w: 9, h: 9 }), 4, 4), [60, 60, 200]);
    await slide.close();
  });

  test('where a tile file is missing, a label is never taken in its place', async () => {
    const vsi = buildVsi([label, scan].map(stackFields));
    const path = writeVsi(folder(), 'A', vsi, { stack10001: onlyTile(await jpeg([255, 0, 0])) });
    await expect(openSlide(path)).rejects.toMatchObject({ code: 'slide.incomplete' });
  });

  test('of several scans the largest is shown, and that is said', async () => {
    const small = { ...scan, name: '40x_02', width: 64, height: 64 };
    const vsi = buildVsi([stackFields(small), stackFields(scan)]);
    const files = { stack1: onlyTile(await jpeg([0, 0, 0])), stack2: await brightField() };
    const slide = await openSlide(writeVsi(folder(), 'A', vsi, files));
    expect(slide.width).toBe(200);
    expect(slide.notes).toContain('the largest of 2 scanned areas; the others are not shown');
    await slide.close();
  });

  test('µm per pixel is what is stated in a unit of length, and nothing else', async () => {
    const mppOf = async (more: Partial<BuiltStack>) => {
      const vsi = buildVsi([stackFields({ ...scan, ...more })]);
      const slide = await openSlide(writeVsi(folder(), 'A', vsi, { stack1: await brightField() }));
      await slide.close();
      return slide.mppX;
    };
    expect(await mppOf({ mpp: 250, unit: '10^-9m^1' })).toBeCloseTo(0.25, 9);
    expect(await mppOf({ unit: 'µm' })).toBeCloseTo(0.25, 9);
    expect(await mppOf({ unit: 'pixel' })).toBeNull();
    expect(await mppOf({ mpp: 0 })).toBeNull();
  });
});

test('of fluorescence the middle plane of focus is shown, its channels in their colours and ranges', async () => {
  const channels = [
    { limits: [0, 1000], bgr: [0, 0, 0, 255, 0, 0] },
    { limits: [100, 300], bgr: [0, 0, 0, 0, 255, 0] },
  ] as const;
  const stack = { ...scan, width: TILE, height: TILE, meanings: [2, 1, 4], channels };
  const tiles = [0, 1, 2].flatMap((z) =>
    [0, 1].map((channel) => ({
      coordinates: [0, 0, 0, z, channel, 0],
      bytes: deep(z === 1 ? (channel === 0 ? 500 : 200) : 60_000),
    })),
  );
  const ets = buildEts({
    tile: [TILE, TILE],
    pixelType: 4,
    samples: 1,
    compression: 0,
    dimensions: 6,
    tiles,
  });
  const slide = await openSlide(writeVsi(folder(), 'A', buildVsi([stackFields(stack)]), { stack1: ets }));
  near(colourAt(await slide.readRegion({ level: 0, x: 0, y: 0, w: 9, h: 9 }), 4, 4), [0, 127, 127], 1);
  expect(slide.notes).toEqual([
    'focal plane 2 of 3',
    '2 channels added up in their colours, each in the range that the file states',
  ]);
  await slide.close();
});

describe('a slide that is not whole', () => {
  test('says that its folder is missing, or that the folder is empty', async () => {
    const vsi = buildVsi([stackFields(scan)]);
    const alone = writeVsi(folder(), 'A', vsi, {});
    await expect(openSlide(alone)).rejects.toMatchObject({
      code: 'slide.incomplete',
      details: { missing: expect.stringContaining('folder') as string },
    });
    const path = writeVsi(folder(), 'A', vsi, { stack1: await brightField() });
    renameSync(join(path, '../_A_/stack1/frame_t.ets'), join(path, '../_A_/stack1/frame_t.bak'));
    await expect(openSlide(path)).rejects.toMatchObject({
      code: 'slide.incomplete',
      details: { missing: expect.stringContaining('.ets') as string },
    });
  });
});

describe.skipIf(!hasShared)('the public slide', () => {
  const path = hasShared ? shared('data/slides/vsi/vsi-ets-test-jpg2k.vsi') : '';

  test('is shown as cellSens showed it: the preview that the file carries has the same colours', async () => {
    const expected = JSON.parse(readFileSync(shared('data/expected/slides.json'), 'utf8')) as {
      files: Record<string, { tifffile: { level0_full: { mean: number[] } } }>;
    };
    const preview = expected.files['slides/vsi/vsi-ets-test-jpg2k.vsi']?.tifffile.level0_full.mean ?? [];
    const got = await inspectFile(path);
    if (got.kind !== 'slide') throw new Error(`read as ${got.kind}`);
    expect(got).toMatchObject({ vendor: 'olympus', width: 1645, height: 1682, objectivePower: 60 });
    expect(got.mppX).toBeCloseTo(0.108333, 5);
    near(got.lowest?.mean ?? [], preview, 1.5);
  });

  test('and in the same places', async () => {
    const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const slide = await openSlide(path);
    const whole = await slide.readRegion({ level: 0, x: 0, y: 0, w: slide.width, h: slide.height });
    await slide.close();
    const meanIn = (pixels: SlidePixels, part: readonly [number, number]) => {
      const sums = [0, 0, 0];
      const w = Math.floor(pixels.width / 4);
      const h = Math.floor(pixels.height / 4);
      for (let y = part[1] * h; y < (part[1] + 1) * h; y++)
        for (let x = part[0] * w; x < (part[0] + 1) * w; x++)
          colourAt(pixels, x, y).forEach((value, primary) => (sums[primary] = (sums[primary] ?? 0) + value));
      return sums.map((sum) => sum / (w * h));
    };
    const preview = { width: info.width, height: info.height, data: new Uint8Array(data) };
    for (let column = 0; column < 4; column++)
      for (let row = 0; row < 4; row++)
        near(meanIn(whole, [column, row]), meanIn(preview, [column, row]), 2.5);
  });

  test('without its folder it says what is missing', async () => {
    const place = folder();
    cpSync(path, join(place, 'moved.vsi'));
    await expect(openSlide(join(place, 'moved.vsi'))).rejects.toMatchObject({ code: 'slide.incomplete' });
  });
});
