import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSlide } from '../../../../main/core/imaging/slide/open-slide.ts';
import type { ItemId } from '../../../../preload/contract/ids.ts';
import type { GeneratedSlide, SlideClass } from '../../../../models/starter/source/generate/slide.ts';
import { auroc, makeSlide } from '../../../support/generated-slide.ts';
import { openProgram } from '../../../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-slides-'));
const source = join(folder, 'source');
const path = join(source, 'slide.tif');
let truth: GeneratedSlide;
const program = openProgram();
let itemId: ItemId;

beforeAll(async () => {
  mkdirSync(source);
  truth = await makeSlide(path);
  await program.core.openOrCreate(program.archive);
  await program.call('import.start', { folders: [source] });
  await program.idle();
  const { items } = await program.call('items.list', { where: ['kind=slide'] });
  if (!items[0]) throw new Error('no slide was imported');
  itemId = items[0].itemId;
}, 180_000);

afterAll(async () => {
  await program.close();
  rmSync(folder, { recursive: true, force: true });
});

const text = (words: string) => [{ type: 'text' as const, text: words }];

test('the file is a pyramid that both readers see alike', async () => {
  const slide = await openSlide(path);
  expect(slide.levels.map(({ width }) => width)).toEqual([8000, 4000, 2000, 1000, 500]);
  expect(slide.mppX).toBeCloseTo(0.25, 6);
  const region = truth.regions[0];
  if (!region) throw new Error('no region');
  // A mean of many pixels survives JPEG.
  const [x, y] = [Math.round(region.x) & ~7, Math.round(region.y) & ~7];
  const read = await slide.readRegion({ level: 0, x, y, w: 256, h: 64 });
  const drawn = truth.band(y, 64);
  for (let channel = 0; channel < 3; channel++) {
    let ours = 0;
    let theirs = 0;
    for (let row = 0; row < 64; row++)
      for (let column = 0; column < 256; column++) {
        ours += read.data[(row * 256 + column) * 3 + channel] ?? 0;
        theirs += drawn[(row * truth.width + x + column) * 3 + channel] ?? 0;
      }
    expect(Math.abs(ours - theirs) / (64 * 256)).toBeLessThan(1.5);
  }
  await slide.close();
});

test('it is one item with tiles where there is tissue', async () => {
  const detail = await program.call('slide.get', { itemId });
  const [fine, context] = detail.grids;
  expect([fine?.mpp, context?.mpp]).toEqual([0.5, 2]);
  expect(fine?.state).toBe('done');
  expect(fine?.tiles).toBe(fine?.tissueTiles);
  const heat = await program.call('slide.heat', { itemId, chips: text('tissue') });
  expect(heat.scores).toHaveLength(fine?.tiles ?? 0);
  const onGlass = heat.x.filter(
    (x, index) => truth.classAt(x + heat.w / 2, (heat.y[index] ?? 0) + heat.h / 2) === 'blank',
  );
  expect(onGlass.length / heat.x.length).toBeLessThan(0.05);
});

const phrases: readonly (readonly [SlideClass, string])[] = [
  ['tumour', 'tumour cells'],
  ['lymphoid', 'lymphocytes'],
  ['necrosis', 'necrosis'],
  ['stroma', 'fibrous stroma'],
  ['glands', 'glands'],
  ['glands', 'glandular epithelium'],
];

test.each(phrases)('%s lights up for "%s"', async (what, words) => {
  const heat = await program.call('slide.heat', { itemId, chips: text(words) });
  const classOf = (index: number) =>
    truth.classAt((heat.x[index] ?? 0) + heat.w / 2, (heat.y[index] ?? 0) + heat.h / 2);
  const inside = heat.scores.filter((_, index) => classOf(index) === what);
  const outside = heat.scores.filter((_, index) => classOf(index) !== what);
  expect(inside.length).toBeGreaterThan(5);
  expect(auroc(inside, outside)).toBeGreaterThanOrEqual(0.9);
  expect(classOf(heat.hotspots[0]?.index ?? -1)).toBe(what);
});

test('two phrases give a map of where the first fits better', async () => {
  const heat = await program.call('slide.heat', {
    itemId,
    chips: text('tumour cells'),
    minus: text('lymphocytes'),
  });
  const classOf = (index: number) =>
    truth.classAt((heat.x[index] ?? 0) + heat.w / 2, (heat.y[index] ?? 0) + heat.h / 2);
  const of = (what: SlideClass) => heat.scores.filter((_, index) => classOf(index) === what);
  expect(auroc(of('tumour'), of('lymphoid'))).toBeGreaterThan(0.95);
});

const twins: readonly (readonly [SlideClass, from: 0 | 1])[] = [
  ['tumour', 0],
  ['tumour', 1],
  ['lymphoid', 0],
  ['lymphoid', 1],
  ['necrosis', 0],
  ['necrosis', 1],
];

test.each(twins)(
  'a rectangle on %s number %i finds the other one within the first three hits',
  async (what, from) => {
    const both = truth.regions.filter((region) => region.class === what);
    const [drawn, other] = [both[from], both[1 - from]];
    if (!drawn || !other) throw new Error('two regions');
    // Drawn inside, as by hand: not the whole region, and not on the grid of tiles.
    const { regionId, tiles } = await program.call('slide.region', {
      itemId,
      x: drawn.x - 0.6 * drawn.rx,
      y: drawn.y - 0.5 * drawn.ry,
      w: drawn.rx,
      h: 0.9 * drawn.ry,
    });
    expect(tiles).toBeGreaterThan(0);
    const { hits } = await program.call('slide.tiles', {
      chips: [{ type: 'region', regionId }],
      perSlide: 10,
    });
    const inOther = hits.map(({ x, y, w, h }) => {
      const [across, down] = [(x + w / 2 - other.x) / other.rx, (y + h / 2 - other.y) / other.ry];
      return truth.classAt(x + w / 2, y + h / 2) === what && across ** 2 + down ** 2 < 1.5;
    });
    expect(inOther.slice(0, 3)).toContain(true);
  },
);

test('the heat leaves as GeoJSON, CSV and PNG that say the same', async () => {
  const chips = text('necrosis');
  const heat = await program.call('slide.heat', { itemId, chips });
  const named = text('tumour of Mr Zwiebel, MRN 1234567');
  const withheld = program.call('slide.exportHeat', { itemId, chips: named, as: 'geojson' });
  expect((await withheld).text).not.toContain('Zwiebel');
  const json = await program.call('slide.exportHeat', { itemId, chips, as: 'geojson' });
  const features = (
    JSON.parse(json.text) as {
      features: {
        geometry: { coordinates: number[][][] };
        properties: { measurements: { cosine: number } };
      }[];
    }
  ).features;
  expect(features).toHaveLength(heat.scores.length);
  expect(features[3]?.properties.measurements.cosine).toBeCloseTo(heat.scores[3] ?? NaN, 3);
  expect(features[3]?.geometry.coordinates[0]?.[0]).toEqual([heat.x[3], heat.y[3]]);
  const csv = await program.call('slide.exportHeat', { itemId, chips, as: 'csv' });
  expect(csv.text.trim().split('\n')).toHaveLength(heat.scores.length + 1);
  const out = join(folder, 'heat.png');
  const png = await program.call('slide.saveHeat', { itemId, chips, as: 'png', out });
  expect(png.tiles).toBe(heat.scores.length);
  const { data, info } = await sharp(readFileSync(out)).raw().toBuffer({ resolveWithObject: true });
  // The corner is glass: not read, so transparent and not "cold".
  expect([info.width, info.height, data[3]]).toEqual([2048, 1638, 0]);
});

test('a tile at the edge is the stored JPEG too, halves and the thumbnail make the whole a few tiles', async () => {
  const single = join(folder, 'single');
  mkdirSync(single);
  const picture = sharp({ create: { width: 2200, height: 1500, channels: 3, background: '#c080a0' } });
  const large = await picture.resize(11_000, 7500).tiff({ tile: true, compression: 'jpeg' }).toBuffer();
  writeFileSync(join(single, 'single.tif'), large);
  await program.call('import.start', { folders: [single] });
  await program.idle();
  const { items } = await program.call('items.list', { where: ['kind=slide', 'path~single.tif'] });
  const detail = await program.call('slide.get', { itemId: items[0]?.itemId ?? itemId });
  // Of 82 Mpx no halves are made: one tile of them would read a large part of the slide.
  expect(detail.levels.map(({ width }) => width)).toEqual([11_000, 320]);
  const file = (level: number, place: string) =>
    program.core.mediaFile(`${detail.tileBase}/${level}/${place}.jpg`);
  const edge = await sharp((await file(0, '42_29')) ?? '').metadata();
  expect([edge.width, edge.height]).toEqual([256, 256]);
  const whole = await sharp((await file(1, '0_0')) ?? '').metadata();
  expect([whole.format, whole.width, whole.height]).toEqual(['jpeg', 320, 218]);
  expect(await file(1, '1_0')).toBeNull();
  expect(await file(2, '0_0')).toBeNull();
});

test('a tile for the viewer is the stored JPEG, and one that is not there is null', async () => {
  const { tileBase, levels } = await program.call('slide.get', { itemId });
  expect(levels[0]?.tilePx).toBe(256);
  const file = await program.core.mediaFile(`${tileBase}/0/10_10.jpg`);
  const made = readFileSync(file ?? '');
  const slide = await openSlide(path);
  expect(Buffer.compare(made, (await slide.rawTile(0, 10, 10))?.bytes as Buffer)).toBe(0);
  await slide.close();
  for (const wrong of [
    `${tileBase}/9/0_0.jpg`,
    `${tileBase}/0/999_0.jpg`,
    `tile/${'0'.repeat(64)}/0/0_0.jpg`,
    `${tileBase}/0/../0_0.jpg`,
  ])
    expect(await program.core.mediaFile(wrong)).toBeNull();
});

test('a budget is estimated before it is spent', async () => {
  const all = await program.call('slide.estimate', { itemIds: [itemId] });
  const some = await program.call('slide.estimate', { itemIds: [itemId], budget: { is: 'most', n: 10 } });
  const every = await program.call('slide.estimate', { itemIds: [itemId], budget: { is: 'every', n: 4 } });
  expect(some.tiles).toBe(20);
  expect(Math.abs(every.tiles - all.tiles / 4)).toBeLessThanOrEqual(2);
});

test('a slide that does not state µm per pixel is asked for, not guessed', async () => {
  const other = join(folder, 'other');
  mkdirSync(join(other, 'scanner'), { recursive: true });
  const plain = sharp({ create: { width: 1500, height: 1200, channels: 3, background: '#c77fb0' } });
  const bytes = await plain
    .tiff({ tile: true, pyramid: true, compression: 'jpeg', xres: 2.8, yres: 2.8 })
    .toBuffer();
  writeFileSync(join(other, 'scanner', 'a.tif'), bytes);
  await program.call('import.start', { folders: [other] });
  await program.idle();
  const { items } = await program.call('items.list', { where: ['kind=slide'] });
  const silent = items.find(({ source }) => source === other)?.itemId;
  if (!silent) throw new Error('not imported');
  expect((await program.call('slide.get', { itemId: silent })).mppX).toBeNull();
  const estimate = await program.call('slide.estimate', { itemIds: [silent] });
  expect(estimate.slides[0]?.fault?.code).toBe('slide.no-mpp');
  await expect(program.call('slide.heat', { itemId: silent, chips: text('x') })).rejects.toMatchObject({
    code: 'slide.not-embedded',
  });
  await program.call('slide.setMpp', { itemId: silent, mpp: 0.5, folder: true });
  expect(await program.call('slide.get', { itemId: silent })).toMatchObject({ mppX: 0.5, mppFrom: 'user' });
  // A slide that comes into the folder later has it from the start.
  const later = await plain
    .tint('#ff0000')
    .tiff({ tile: true, pyramid: true, compression: 'jpeg', xres: 2.8, yres: 2.8 })
    .toBuffer();
  writeFileSync(join(other, 'scanner', 'b.tif'), later);
  await program.call('import.start', { folders: [other] });
  await program.idle();
  const after = await program.call('items.list', { where: ['kind=slide'] });
  const second = after.items.find(({ path: name }) => name === 'scanner/b.tif')?.itemId;
  if (!second) throw new Error('not imported');
  expect(await program.call('slide.get', { itemId: second })).toMatchObject({ mppX: 0.5, mppFrom: 'user' });
}, 60_000);
