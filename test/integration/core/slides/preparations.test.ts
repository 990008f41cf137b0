import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { generateSlide } from '../../../../models/starter/source/generate/slide.ts';
import { writeSlide } from '../../../../models/starter/source/write-slide.ts';
import type { ItemId } from '../../../../preload/contract/ids.ts';
import { openProgram } from '../../../support/program.ts';
import { safetensorsOf } from '../../../support/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-stains-'));
const source = join(folder, 'source');
const program = openProgram();
const [width, height] = [4000, 3200];
let usual: ItemId;
let pale: ItemId;
let picture: ItemId;

/** As a weaker bath stains: each optical density times this. */
const FADED = 0.55;

beforeAll(async () => {
  mkdirSync(source);
  const slide = generateSlide(2_000_001, { width, height });
  await writeSlide(join(source, 'usual.tif'), slide);
  const fade = Uint8Array.from({ length: 256 }, (_, value) =>
    value >= 240 ? value : Math.round(241 * ((value + 1) / 241) ** FADED - 1),
  );
  await writeSlide(join(source, 'pale.tif'), {
    ...slide,
    band: (top, rows) => slide.band(top, rows).map((value) => fade[value] as number),
  });
  const middle = slide.regions.find((region) => region.class === 'tumour');
  if (!middle) throw new Error('no tumour');
  const rows = slide.band(Math.round(middle.y) - 160, 320);
  await sharp(rows, { raw: { width, height: 320, channels: 3 } })
    .extract({ left: Math.round(middle.x) - 160, top: 0, width: 320, height: 320 })
    .png()
    .toFile(join(source, 'tumour.png'));
  await program.core.openOrCreate(program.archive);
  await program.call('import.start', { folders: [source] });
  await program.idle();
  const { items } = await program.call('items.list', {});
  const idOf = (name: string) => {
    const found = items.find(({ path }) => path === name);
    if (!found) throw new Error(`${name} was not imported`);
    return found.itemId;
  };
  [usual, pale, picture] = [idOf('usual.tif'), idOf('pale.tif'), idOf('tumour.png')];
}, 180_000);

afterAll(async () => {
  await program.close();
  rmSync(folder, { recursive: true, force: true });
});

const chips = [{ type: 'text' as const, text: 'tumour cells' }];
/** Cosine by place. */
const scoresOf = async (itemId: ItemId, stain: string): Promise<ReadonlyMap<string, number>> => {
  const { x, y, scores } = await program.call('slide.heat', { itemId, chips, stain });
  return new Map(scores.map((score, index) => [`${x[index]},${y[index]}`, score]));
};
/** Mean difference where both have a tile: at the rim of the tissue a pale slide may have fewer. */
function apart(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const both = [...a].flatMap(([place, score]) => {
    const other = b.get(place);
    return other === undefined ? [] : [Math.abs(score - other)];
  });
  expect(both.length).toBeGreaterThan(0.9 * Math.max(a.size, b.size));
  return both.reduce((sum, value) => sum + value, 0) / both.length;
}

test('tiles of a preparation are asked for before they can be compared', async () => {
  await expect(scoresOf(usual, 'macenko')).rejects.toMatchObject({ code: 'slide.not-embedded' });
  await expect(program.call('slide.tiles', { chips, stain: 'macenko' })).rejects.toMatchObject({
    code: 'slide.not-embedded',
  });
  await expect(
    program.call('slide.heat', { itemId: usual, chips, stain: 'macenko-01234567' }),
  ).rejects.toThrow(/No stain of that name/);
});

test('normalising brings a pale slide to what the model says of the usual one, and leaves plain tiles alone', async () => {
  const before = { usual: await scoresOf(usual, 'none'), pale: await scoresOf(pale, 'none') };
  const { jobId } = await program.call('slide.embed', { stain: 'macenko' });
  expect(jobId).not.toBeNull();
  await program.idle();
  expect(await scoresOf(usual, 'none')).toEqual(before.usual);
  const after = { usual: await scoresOf(usual, 'macenko'), pale: await scoresOf(pale, 'macenko') };
  expect(after.usual.size).toBe(before.usual.size);
  expect(apart(after.usual, before.usual)).toBeGreaterThan(0.01);
  expect(apart(after.usual, after.pale)).toBeLessThan(apart(before.usual, before.pale) / 2);
  // Nothing is left to do, and both preparations are told.
  expect((await program.call('slide.embed', { stain: 'macenko' })).jobId).toBeNull();
  const detail = await program.call('slide.get', { itemId: usual });
  expect(detail.grids).toHaveLength(2);
  expect(detail.stained).toMatchObject([{ stain: 'macenko', grids: [{ state: 'done' }, { state: 'done' }] }]);
  const { stains } = await program.call('slide.stains', {});
  expect(stains).toMatchObject([{ name: 'macenko', from: null, slides: 2 }]);
}, 60_000);

test('a rectangle and pictures are prepared like the tiles that they are compared with', async () => {
  const { regionId } = await program.call('slide.region', { itemId: usual, x: 900, y: 800, w: 500, h: 500 });
  const region = [{ type: 'region' as const, regionId }];
  const best = async (query: typeof region, stain: 'none' | 'macenko') =>
    (await program.call('slide.tiles', { chips: query, stain, perSlide: 3 })).hits;
  const plain = await best(region, 'none');
  // A window asks for the heat and for the best tiles at once, and both prepare the rectangle.
  const [stained, atOnce] = await Promise.all([best(region, 'macenko'), best(region, 'macenko')]);
  expect(atOnce).toEqual(stained);
  expect(stained.length).toBeGreaterThan(0);
  expect(stained.map(({ similarity }) => similarity)).not.toEqual(plain.map(({ similarity }) => similarity));
  // The same tissue on the pale slide is nearly the same to the model once both are normalised.
  const onPale = (hits: typeof plain) => hits.find(({ itemId }) => itemId === pale)?.similarity ?? -1;
  expect(onPale(stained)).toBeGreaterThan(onPale(plain));

  const item = [{ type: 'item' as const, itemId: picture }];
  const { hits } = await program.call('slide.tiles', { chips: item, stain: 'macenko' });
  const { hits: plainHits } = await program.call('slide.tiles', { chips: item, stain: 'none' });
  expect(hits[0]?.similarity).not.toBe(plainHits[0]?.similarity);
});

test('glass cannot be prepared, and says so', async () => {
  const bytes = new Uint8Array(
    await sharp({ create: { width: 300, height: 300, channels: 3, background: '#f0f0f0' } })
      .png()
      .toBuffer(),
  );
  const { imageId } = await program.call('query.image', { bytes });
  const query = [{ type: 'image' as const, imageId }];
  await program.call('slide.tiles', { chips: query });
  await expect(program.call('slide.tiles', { chips: query, stain: 'macenko' })).rejects.toMatchObject({
    code: 'slide.no-stain',
  });
});

test('a slide of the archive can be the target', async () => {
  const made = await program.call('slide.stainFrom', { itemId: usual });
  expect(made.from).toEqual({ itemId: usual, path: 'usual.tif' });
  expect((await program.call('slide.stainFrom', { itemId: usual })).name).toBe(made.name);
  await program.call('slide.embed', { itemIds: [pale], stain: made.name });
  await program.idle();
  const scores = await scoresOf(pale, made.name);
  const [own, faded] = [await scoresOf(usual, 'none'), await scoresOf(pale, 'none')];
  expect(apart(scores, own)).toBeLessThan(apart(faded, own) / 2);
}, 60_000);

test('changes of staining move the ranking, the more the larger they are, and none of them leaves it', async () => {
  const jitter = (sigma: number, stain: 'none' | 'macenko' = 'none') =>
    program.call('slide.jitter', { itemId: usual, chips, sigma, stain, top: 10, tiles: 80, draws: 3 });
  const none = await jitter(0);
  expect(none.overlap).toEqual({ mean: 1, least: 1 });
  expect(none.rankCorrelation.least).toBeGreaterThan(0.9999);
  const [light, strong] = [await jitter(0.05), await jitter(0.4)];
  expect(light.rankCorrelation.mean).toBeLessThan(1);
  expect(strong.rankCorrelation.mean).toBeLessThan(light.rankCorrelation.mean);
  expect(strong.draws).toHaveLength(3);
  expect(light.byChance).toBeCloseTo(10 / light.tiles, 6);
  expect((await jitter(0, 'macenko')).overlap.least).toBe(1);
}, 60_000);

test('weights from a file make slide vectors of their own', async () => {
  const shape = { V: [4, 128], U: [4, 128], w: [4] };
  const file = safetensorsOf(shape, (at) => Math.sin(at * 12.9898) * 0.5);
  const added = await program.call('slide.addPooling', { name: 'head.safetensors', bytes: file });
  expect(added).toMatchObject({ kind: 'attention', dimensions: 128, hidden: 4, gated: true, slides: 0 });
  await expect(program.call('slide.similar', { itemId: usual, pooling: added.name })).rejects.toMatchObject({
    code: 'slide.not-pooled',
  });
  expect(await program.call('slide.pool', { pooling: added.name })).toEqual({ slides: 2 });
  const mine = await program.call('slide.similar', { itemId: usual, pooling: added.name });
  const other = await program.call('slide.similar', { itemId: usual });
  expect(mine.hits.map(({ itemId }) => itemId)).toEqual([pale]);
  expect(mine.hits[0]?.similarity).not.toBeCloseTo(other.hits[0]?.similarity ?? 0, 5);
  const { poolings } = await program.call('slide.poolings', {});
  expect(poolings.map(({ name, slides }) => [name, slides])).toEqual([
    ['contrast', 2],
    ['mean', 0],
    [added.name, 2],
  ]);
  // With tiles that were not read, with weights that are not there, with those of another model.
  await program.call('slide.embed', { itemIds: [usual], stain: 'macenko', pooling: 'mean' });
  await program.idle();
  const stained = await program.call('slide.similar', { itemId: usual, pooling: 'mean', stain: 'macenko' });
  expect(stained).toMatchObject({ hits: [], of: 0 });
  await expect(program.call('slide.pool', { pooling: 'attention-00000000' })).rejects.toMatchObject({
    code: 'slide.pooling-unknown',
  });
  await expect(
    program.call('slide.addPooling', {
      name: 'small.safetensors',
      bytes: safetensorsOf({ V: [2, 16], w: [2] }, () => 1),
    }),
  ).rejects.toMatchObject({ code: 'slide.pooling-unfit', details: { dimensions: 16, ofModel: 128 } });
}, 60_000);

test('the archive is in order with all of it', async () => {
  expect((await program.call('archive.verify', {})).problems).toEqual([]);
});
