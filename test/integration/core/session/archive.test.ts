import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestCore, removeFolder, sourceFolder, type TestCore } from '../../../support/core.ts';

let at: TestCore;
let archive: string;

beforeEach(async () => {
  at = openTestCore();
  archive = join(at.folder, 'Test.vitrine');
  await at.call('archive.create', { path: archive });
  const source = sourceFolder(join(at.folder, 'originals'), {
    'chest.dcm': 'ct-chest-nodule-01.dcm',
    'fundus.webp': 'fundus-02.webp',
    'glands.jpg': 'histology-glands-01.jpg',
  });
  await at.import(source);
});
afterEach(async () => {
  await at.close();
  expect(at.defects).toEqual([]);
  removeFolder(at.folder);
});

/** Starts the program again after something was done to the archive behind its back. */
async function reopened(change: () => void): Promise<void> {
  await at.close();
  change();
  at = openTestCore({ folder: at.folder });
  await at.call('archive.open', { path: archive });
}
const inDatabase = (sql: string) => () => {
  const db = new Database(join(archive, 'archive.db'));
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
};
const thumbs = () =>
  readdirSync(join(archive, 'media/thumb'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.webp'),
  );

test('originals are as they were, to the byte and the time', async () => {
  const folder = join(at.folder, 'originals');
  const before = readdirSync(folder).map((name) => [
    name,
    statSync(join(folder, name)).mtimeMs,
    readFileSync(join(folder, name)).toString('base64'),
  ]);
  await at.import(folder);
  const [item] = (await at.call('items.list', {})).items;
  if (item) await at.call('item.picture', { itemId: item.itemId, as: 'full' });
  const after = readdirSync(folder).map((name) => [
    name,
    statSync(join(folder, name)).mtimeMs,
    readFileSync(join(folder, name)).toString('base64'),
  ]);
  expect(after).toEqual(before);
});

test('an undisturbed archive is clean', async () => {
  expect(await at.call('archive.verify', {})).toMatchObject({
    clean: true,
    checked: { items: 3, regions: 3, embeddings: 3, media: 3, sources: 1 },
  });
});

test.each([
  [
    'a vector that lost its length',
    'update embedding set vector = zeroblob(length(vector)) where region_id = 1',
    'unit length',
  ],
  ['a vector without its copy', 'delete from embedding where region_id = 2', 'int8 copies'],
  ['a region that went', 'delete from region where id = 1', 'without a region'],
  ['a file that lost its item', 'delete from item_file', 'without an item'],
])('finds %s', async (_what, sql, word) => {
  await reopened(inDatabase(sql.replace("'", "''")));
  const report = await at.call('archive.verify', {});
  expect(report.clean).toBe(false);
  expect(report.problems.map(({ what }) => what).join('; ')).toContain(word);
});

test('finds an altered thumbnail, and takes a deleted one for none', async () => {
  const [first = '', second = ''] = thumbs();
  writeFileSync(join(archive, 'media/thumb', first), 'something else');
  rmSync(join(archive, 'media/thumb', second));
  const { problems } = await at.call('archive.verify', {});
  expect(problems).toMatchObject([{ what: 'altered derived pictures', count: 1 }]);
});

test('a deleted media folder is made again as it is looked at', async () => {
  const names = thumbs();
  rmSync(join(archive, 'media'), { recursive: true });
  for (const name of names) {
    const path = await at.core.mediaFile(`thumb/${name}`);
    expect(path !== null && existsSync(path), name).toBe(true);
  }
  expect(await at.core.mediaFile(`thumb/00/${'0'.repeat(64)}.webp`)).toBeNull();
});

test('a second program is told that the archive is in use, at once', async () => {
  const other = openTestCore();
  const started = performance.now();
  await expect(other.call('archive.open', { path: archive })).rejects.toMatchObject({
    code: 'archive.locked',
  });
  expect(performance.now() - started).toBeLessThan(2000);
  await other.close();
  removeFolder(other.folder);
});

test.each([
  [
    'a folder without an archive',
    () => mkdirSync(join(at.folder, 'Empty.vitrine')),
    'Empty.vitrine',
    'archive.missing',
  ],
  [
    'a damaged database',
    () => {
      mkdirSync(join(at.folder, 'Broken.vitrine'));
      writeFileSync(join(at.folder, 'Broken.vitrine/archive.db'), 'x'.repeat(10_000));
    },
    'Broken.vitrine',
    'archive.damaged',
  ],
])('refuses %s and keeps the open one', async (_what, make, name, code) => {
  make();
  await expect(at.call('archive.open', { path: join(at.folder, name) })).rejects.toMatchObject({ code });
  expect((await at.call('app.info', {})).archive?.path).toBe(archive);
});

test('refuses an archive of a newer program and leaves it as it is', async () => {
  await at.close();
  inDatabase('pragma user_version = 999')();
  at = openTestCore({ folder: at.folder });
  await expect(at.call('archive.open', { path: archive })).rejects.toMatchObject({
    code: 'archive.newer',
    details: { schema: 999 },
  });
  const db = new Database(join(archive, 'archive.db'), { readonly: true });
  expect(db.pragma('user_version', { simple: true })).toBe(999);
  db.close();
});

test('makes no archive where something else is', async () => {
  writeFileSync(join(at.folder, 'originals/x.txt'), 'x');
  await expect(at.call('archive.create', { path: join(at.folder, 'originals') })).rejects.toMatchObject({
    code: 'archive.exists',
  });
  await expect(at.call('archive.create', { path: archive })).rejects.toMatchObject({
    code: 'archive.exists',
  });
});

test('what needs an archive says so while none is open', async () => {
  const fresh = openTestCore();
  await expect(fresh.call('items.list', {})).rejects.toMatchObject({ code: 'archive.none-open' });
  expect((await fresh.call('app.info', {})).archive).toBeNull();
  await fresh.close();
  removeFolder(fresh.folder);
});

test('a file that is another one by now is not shown as the item', async () => {
  const [item] = (await at.call('items.list', { where: ['path~fundus'] })).items;
  if (!item) throw new Error('the item is not there');
  writeFileSync(join(at.folder, 'originals/fundus.webp'), 'another');
  await expect(at.call('item.picture', { itemId: item.itemId, as: 'full' })).rejects.toMatchObject({
    code: 'file.changed',
  });
  rmSync(join(at.folder, 'originals/fundus.webp'));
  await expect(at.call('item.picture', { itemId: item.itemId, as: 'full' })).rejects.toMatchObject({
    code: 'file.missing',
  });
});

test('a picture outside the archive is a query and not an item', async () => {
  const bytes = new Uint8Array(readFileSync(join(at.folder, 'originals/fundus.webp')));
  const held = await at.call('query.image', { bytes, name: 'mine.webp' });
  const { hits } = await at.call('search.run', { chips: [{ type: 'image', imageId: held.imageId }] });
  expect(hits[0]).toMatchObject({ path: 'fundus.webp' });
  expect(hits[0]?.similarity).toBeGreaterThan(0.999);
  expect((await at.call('items.list', {})).total).toBe(3);
  const file = await at.core.mediaFile(held.thumb);
  expect(file && existsSync(file)).toBe(true);
});

test('bytes that are no picture are refused', async () => {
  await expect(at.call('query.image', { bytes: new Uint8Array([1, 2, 3]) })).rejects.toMatchObject({
    code: 'file.unsupported',
  });
});
