import { afterAll, beforeAll, expect, test } from 'vitest';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { isCancelled } from '../../../../main/core/search/thread/search-messages.ts';
import { openReader, type ReadDb } from '../../../../main/core/store/database.ts';
import { searchReader } from '../../../../main/core/store/search-reader.ts';
import { addItems, type MadeItem, randomNumbers, vectorArchive } from '../../../support/search-archive.ts';

const COMMON = 9000;
let made: ReturnType<typeof vectorArchive>;
let db: ReadDb;
let items: MadeItem[];

// Every item has a very common word, every hundredth a rare one.
beforeAll(() => {
  made = vectorArchive();
  const { archive, model } = made;
  items = addItems(archive, model, COMMON, randomNumbers(3));
  archive.transaction(() => {
    for (const [at, { itemId }] of items.entries()) {
      const text = at % 100 === 0 ? 'chest nodule' : 'chest';
      archive.reports.set(itemId, { kind: 'caption', origin: 'test', text });
    }
  });
  db = openReader(archive.databasePath);
});
afterAll(() => {
  db.close();
  made.remove();
});

const wish = { text: 'chest nodule', where: [], items: null, own: new Set<number>() };
const reader = () => searchReader(db, made.model.id);

test('a search for common words stops when it is told to, and leaves the connection as it was', () => {
  let asked = 0;
  const goOn = () => {
    asked += 1;
    if (asked === 2) throw new ArchiveError('request.cancelled');
  };
  expect(() => reader().atOneMoment(() => reader().byWords({ ...wish, goOn }))).toThrow(
    expect.objectContaining({ code: 'request.cancelled' }),
  );
  expect(asked).toBe(2);
  expect(reader().byWords({ ...wish, goOn: () => {} }).count).toBe(COMMON);
});

test('gives the best of many without sorting all, and says for any of them which words it has', () => {
  const ranking = reader().byWords({ ...wish, goOn: () => {} });
  const all = ranking.best(ranking.count);
  expect(all).toHaveLength(COMMON);
  for (const count of [0, 1, 90, 91, 500, COMMON + 1])
    expect(ranking.best(count)).toEqual(all.slice(0, count));
  const rare = items.filter((_, at) => at % 100 === 0).map(({ itemId }) => itemId);
  expect(all.slice(0, rare.length).map(({ itemId }) => itemId)).toEqual(rare);
  expect(ranking.found(rare[1] as number)).toEqual(['chest', 'nodule']);
  expect(ranking.found(items[1]?.itemId as number)).toEqual(['chest']);
  expect(ranking.found(0)).toEqual([]);
});

test('is of the items that are known to take part, without the query’s own', () => {
  const [first, second, third] = items.map(({ itemId }) => itemId) as [number, number, number];
  const within = { has: (itemId: number) => itemId <= third };
  const ranking = reader().byWords({ ...wish, items: within, own: new Set([first]), goOn: () => {} });
  expect(ranking.best(10).map(({ itemId }) => itemId)).toEqual([second, third]);
  expect(ranking.found(first)).toEqual([]);
});

test('a call is known as cancelled until its place is taken', () => {
  const cancelled = new Int32Array(4);
  Atomics.store(cancelled, 6 % 4, 6);
  expect([2, 6, 10].map((id) => isCancelled(cancelled, id))).toEqual([false, true, false]);
});
