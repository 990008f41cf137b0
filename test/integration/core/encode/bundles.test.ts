import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, expect, test } from 'vitest';

import {
  findBundle,
  listBundles,
  removeBundle,
  type BundlePlaces,
} from '../../../../main/core/encode/bundles.ts';

const tiny = join(import.meta.dirname, '../../../fixtures/models/tiny');
let places: BundlePlaces;

function add(place: string, id: string): string {
  const folder = join(place, id);
  cpSync(tiny, folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8'));
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify({ ...manifest, id }));
  return folder;
}

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'bundles-'));
  places = { shipped: join(root, 'models'), imported: join(root, 'user') };
  add(places.shipped, 'starter');
  add(places.imported, 'biomedclip');
});

test('shipped ones come first; what is no bundle folder is not listed', async () => {
  writeFileSync(join(places.imported, 'notes.txt'), 'x');
  mkdirSync(join(places.imported, '.partial-1'));
  add(places.imported, 'starter');
  const listed = await listBundles(places);
  expect(listed.map(({ id, shipped }) => [id, shipped])).toEqual([
    ['starter', true],
    ['biomedclip', false],
  ]);
});

test('places that do not exist hold nothing', async () => {
  expect(await listBundles({ shipped: '/nowhere', imported: '/nowhere/else' })).toEqual([]);
});

test.each([
  ['model.missing', (folder: string) => rmSync(join(folder, 'text.fp32.onnx'))],
  ['model.missing', (folder: string) => rmSync(join(folder, 'bundle.json'))],
  ['model.altered', (folder: string) => truncateSync(join(folder, 'image.fp32.onnx'), 1000)],
  ['model.invalid', (folder: string) => writeFileSync(join(folder, 'bundle.json'), '{}')],
  ['model.invalid', (folder: string) => cpSync(join(tiny, 'bundle.json'), join(folder, 'bundle.json'))],
])('a broken bundle is listed with its fault %s, and is not found', async (code, damage) => {
  damage(join(places.imported, 'biomedclip'));
  const [, broken] = await listBundles(places);
  expect(broken).toMatchObject({ id: 'biomedclip', fault: { code } });
  await expect(findBundle('biomedclip', places)).rejects.toMatchObject({ code });
});

test('an imported bundle is removed, a shipped or unknown one is not', async () => {
  await removeBundle('biomedclip', places);
  expect(existsSync(join(places.imported, 'biomedclip'))).toBe(false);
  await expect(removeBundle('starter', places)).rejects.toMatchObject({ code: 'model.shipped' });
  await expect(removeBundle('../models/starter', places)).rejects.toMatchObject({ code: 'model.missing' });
  expect((await findBundle('starter', places)).manifest.title).toBe('Tiny test model');
});
