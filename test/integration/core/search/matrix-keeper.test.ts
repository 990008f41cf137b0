import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { quantise } from '../../../../main/core/domain/vector.ts';
import { contents, expectedContents, flip, keptArchive } from '../../../support/kept-archive.ts';
import { addItems, type MadeItem, randomNumbers, randomVector } from '../../../support/search-archive.ts';

const random = randomNumbers(11);
let made: ReturnType<typeof keptArchive>;
beforeEach(() => {
  made = keptArchive(random);
});
afterEach(() => made.remove());

test('is built of everything, and follows what is added, deleted and replaced', async () => {
  const { archive, model } = made;
  const keeper = await made.built();
  expect(contents(keeper.current())).toEqual(expectedContents(made.items));

  const more = addItems(archive, model, 50, random, () => 3);
  expect(contents(keeper.current())).toEqual(expectedContents([...made.items, ...more]));

  // The way an import replaces a file's content: the last regions' ids are used again.
  const last = more.at(-1) as MadeItem;
  archive.vectors.dropItem(last.itemId);
  archive.items.clearRegions(last.itemId);
  archive.db.prepare('delete from item where id = ?').run(made.items[5]?.itemId);
  const [again] = addItems(archive, model, 1, random) as [MadeItem];
  expect(again.regions[0]?.regionId).toBe(last.regions[0]?.regionId);
  const left = [...made.items.filter((_, index) => index !== 5), ...more.slice(0, -1), again];
  expect(contents(keeper.current())).toEqual(expectedContents(left).sort(([a = 0], [b = 0]) => a - b));
});

test('takes what changes while it is being built', async () => {
  const { archive, model } = made;
  const keeper = made.keeperOf();
  keeper.current();
  const building = keeper.build();
  const more = addItems(archive, model, 20, random);
  archive.db.prepare('delete from item where id = ?').run(made.items[0]?.itemId);
  await building;
  expect(contents(keeper.current())).toEqual(expectedContents([...made.items.slice(1), ...more]));
});

test('comes back from its file with everything that changed since', async () => {
  const { archive, model } = made;
  await (await made.built()).save();
  const more = addItems(archive, model, 10, random);
  archive.db.prepare('delete from item where id = ?').run(made.items[7]?.itemId);
  const again = made.keeperOf();
  const left = [...made.items.filter((_, index) => index !== 7), ...more];
  expect(contents(again.current())).toEqual(expectedContents(left));
});

test('a file outlives the account of the changes that it has', async () => {
  const { archive, model } = made;
  const keeper = await made.built();
  keeper.current();
  await keeper.save();
  while (archive.matrixFiles.forgetSome(model.id, keeper.seq));
  expect(contents(made.keeperOf().current())).toEqual(expectedContents(made.items));
});

test.each([
  ['is not there', () => rmSync(made.path)],
  ['ends early', () => truncateSync(made.path, 20_000)],
  ['has one bit turned', () => flip(made.path, 30_000)],
  ['has its number of rows altered', () => replace('"rows":3000', '"rows":2999')],
  ['is empty', () => writeFileSync(made.path, '')],
  ['is of another file that was saved', () => replace('"token":"', '"token":"x')],
])('makes nothing of a file that %s, and builds anew', async (_what, harm) => {
  await (await made.built()).save();
  expect(made.keeperOf().current()?.count).toBe(3000);
  harm();
  expect(made.keeperOf().current()).toBeNull();
  expect(contents((await made.built()).current())).toEqual(expectedContents(made.items));
});

test('makes nothing of the file of another archive', async () => {
  await (await made.built()).save();
  expect(made.keeperOf('another').current()).toBeNull();
});

test('leaves no file behind when the matrix changes while it is written', async () => {
  const keeper = await made.built();
  const saving = keeper.save();
  addItems(made.archive, made.model, 1, random);
  keeper.current();
  await saving;
  expect(made.keeperOf().current()).toBeNull();
  await keeper.save();
  expect(made.keeperOf().current()?.count).toBe(3001);
});

function replace(from: string, to: string): void {
  const bytes = readFileSync(made.path);
  const at = bytes.indexOf(from);
  expect(at).toBeGreaterThan(0);
  bytes.write(to, at);
  writeFileSync(made.path, bytes);
}

test('random vectors differ, so that the comparisons above mean something', () => {
  expect(quantise(randomVector(random)).values).not.toEqual(quantise(randomVector(random)).values);
});
