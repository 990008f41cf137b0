import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMatrixKeeper, type MatrixKeeper } from '../../../../main/core/search/matrix-keeper.ts';
import { openReader, type ReadDb } from '../../../../main/core/store/database.ts';
import { vectorChanges } from '../../../../main/core/store/vector-changes.ts';
import type { ResidentMatrix } from '../../../../main/core/vectors/resident-matrix.ts';
import { quantise } from '../../../../main/core/domain/vector.ts';
import { SEGMENT_ROWS } from '../../../../main/core/vectors/resident-matrix.ts';
import {
  addItems,
  type MadeItem,
  randomNumbers,
  randomVector,
  vectorArchive,
} from '../../../support/search-archive.ts';

const random = randomNumbers(11);
let made: ReturnType<typeof vectorArchive>;
let items: MadeItem[];
let reader: ReadDb;
let path: string;

beforeEach(() => {
  made = vectorArchive();
  items = addItems(made.archive, made.model, 3000, random);
  reader = openReader(made.archive.databasePath);
  path = join(made.archive.folder, 'vectors', 'm.int8');
});
afterEach(() => {
  reader.close();
  made.remove();
});

function keeperOf(archiveId = 'a'): MatrixKeeper {
  const { archive, model } = made;
  return createMatrixKeeper({
    changes: vectorChanges(reader, model.id),
    path,
    origin: { archiveId, identity: model.identity, dimensions: model.dimensions },
    onSaved: (file) => archive.matrixFiles.record(model.id, file),
  });
}

async function built(): Promise<MatrixKeeper> {
  const keeper = keeperOf();
  keeper.current();
  await keeper.build();
  return keeper;
}

/** Region, item and int8 values of every row, by region: rows themselves have no order. */
function contents(matrix: ResidentMatrix | null) {
  if (!matrix) return null;
  const { dimensions } = matrix;
  return Array.from({ length: matrix.count }, (_, row) => {
    const { rows } = matrix.segment(Math.floor(row / SEGMENT_ROWS));
    const start = (row % SEGMENT_ROWS) * dimensions;
    return [matrix.regionIds[row], matrix.itemIds[row], ...rows.subarray(start, start + dimensions)];
  }).sort(([a = 0], [b = 0]) => a - b);
}

const expected = (from: readonly MadeItem[]) =>
  from.flatMap(({ itemId, regions }) =>
    regions.map(({ regionId, vector }) => [regionId, itemId, ...quantise(vector).values]),
  );

test('is built of everything, and follows what is added, deleted and replaced', async () => {
  const { archive, model } = made;
  const keeper = await built();
  expect(contents(keeper.current())).toEqual(expected(items));

  const more = addItems(archive, model, 50, random, () => 3);
  expect(contents(keeper.current())).toEqual(expected([...items, ...more]));

  // The way an import replaces a file's content: the last regions' ids are used again.
  const last = more.at(-1) as MadeItem;
  archive.vectors.dropItem(last.itemId);
  archive.items.clearRegions(last.itemId);
  archive.db.prepare('delete from item where id = ?').run(items[5]?.itemId);
  const [again] = addItems(archive, model, 1, random) as [MadeItem];
  expect(again.regions[0]?.regionId).toBe(last.regions[0]?.regionId);
  const left = [...items.filter((_, index) => index !== 5), ...more.slice(0, -1), again];
  expect(contents(keeper.current())).toEqual(expected(left).sort(([a = 0], [b = 0]) => a - b));
});

test('takes what changes while it is being built', async () => {
  const { archive, model } = made;
  const keeper = keeperOf();
  keeper.current();
  const building = keeper.build();
  const more = addItems(archive, model, 20, random);
  archive.db.prepare('delete from item where id = ?').run(items[0]?.itemId);
  await building;
  expect(contents(keeper.current())).toEqual(expected([...items.slice(1), ...more]));
});

test('comes back from its file with everything that changed since', async () => {
  const { archive, model } = made;
  await (await built()).save();
  const more = addItems(archive, model, 10, random);
  archive.db.prepare('delete from item where id = ?').run(items[7]?.itemId);
  const again = keeperOf();
  const left = [...items.filter((_, index) => index !== 7), ...more];
  expect(contents(again.current())).toEqual(expected(left));
});

test('a file outlives the account of the changes that it has', async () => {
  const { archive, model } = made;
  const keeper = await built();
  keeper.current();
  await keeper.save();
  while (archive.matrixFiles.forgetSome(model.id, keeper.seq));
  expect(contents(keeperOf().current())).toEqual(expected(items));
});

test.each([
  ['is not there', () => rmSync(path)],
  ['ends early', () => truncateSync(path, 20_000)],
  ['has one bit turned', () => flip(30_000)],
  ['has its number of rows altered', () => replace('"rows":3000', '"rows":2999')],
  ['is empty', () => writeFileSync(path, '')],
  ['is of another file that was saved', () => replace('"token":"', '"token":"x')],
])('makes nothing of a file that %s, and builds anew', async (_what, harm) => {
  await (await built()).save();
  expect(keeperOf().current()?.count).toBe(3000);
  harm();
  expect(keeperOf().current()).toBeNull();
  expect(contents((await built()).current())).toEqual(expected(items));
});

test('makes nothing of the file of another archive', async () => {
  await (await built()).save();
  expect(keeperOf('another').current()).toBeNull();
});

test('leaves no file behind when the matrix changes while it is written', async () => {
  const keeper = await built();
  const saving = keeper.save();
  addItems(made.archive, made.model, 1, random);
  keeper.current();
  await saving;
  expect(keeperOf().current()).toBeNull();
  await keeper.save();
  expect(keeperOf().current()?.count).toBe(3001);
});

function flip(at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(path, bytes);
}

function replace(from: string, to: string): void {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(from);
  expect(at).toBeGreaterThan(0);
  bytes.write(to, at);
  writeFileSync(path, bytes);
}

test('random vectors differ, so that the comparisons above mean something', () => {
  expect(quantise(randomVector(random)).values).not.toEqual(quantise(randomVector(random)).values);
});
