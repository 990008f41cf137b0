import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diverseOrder } from '../../../../main/core/domain/diversity.ts';
import { dot } from '../../../../main/core/domain/vector.ts';
import { heldImages } from '../../../../main/core/search/held-images.ts';
import { createSearch, type Search } from '../../../../main/core/search/search.ts';
import type { Chip, SearchAnswer } from '../../../../preload/contract/search.ts';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import {
  addItems,
  encodeTexts,
  type MadeItem,
  randomNumbers,
  textVector,
  vectorArchive,
} from '../../../support/search-archive.ts';

const random = randomNumbers(11);
const chips: Chip[] = [{ type: 'text', text: 'x', weight: 1 }];
let made: ReturnType<typeof vectorArchive>;
let items: MadeItem[];
let search: Search;
/** Every third item of scanner A, the others of B, some of none. */
const scannerOf = (index: number) => (index % 7 === 0 ? null : index % 3 === 0 ? 'A' : 'B');

beforeAll(() => {
  made = vectorArchive();
  const { archive, model } = made;
  items = addItems(archive, model, 1200, random);
  archive.transaction(() => {
    const root = archive.db.prepare("insert into source (id, root, added_at) values (1, '/s', 'now')");
    root.run();
    const file = archive.db.prepare(
      "insert into file (id, source_id, path, size_bytes, mtime_ms, state) values (?, 1, ?, 1, 0, 'ok')",
    );
    const link = archive.db.prepare('insert into item_file (item_id, file_id) values (?, ?)');
    const attribute = archive.db.prepare('insert into attribute (item_id, name, text) values (?, ?, ?)');
    items.forEach(({ itemId }, index) => {
      // Ten before nine only as numbers.
      file.run(itemId, `d${index % 5}/img${(index * 7919) % 1200}.png`);
      link.run(itemId, itemId);
      const scanner = scannerOf(index);
      if (scanner) attribute.run(itemId, 'manufacturer', 'M');
      if (scanner) attribute.run(itemId, 'manufacturerModel', scanner);
    });
  });
  const parts = { archive, model: () => ({ row: model, encodeTexts }), heldImages: heldImages() };
  search = createSearch({ ...parts, resident: false });
});
afterAll(async () => {
  await search.close();
  made.remove();
});

const run = (input: Omit<Input<'search.run'>, 'chips'> & { chips?: Chip[] }): Promise<SearchAnswer> =>
  search.run(methods['search.run'].input.parse({ chips, ...input }), new AbortController().signal);
const ids = ({ hits }: SearchAnswer): number[] => hits.map(({ itemId }) => itemId);

describe.each(['diverse', 'name', 'added'] as const)('the order %s', (order) => {
  test.each([0, 1, 2.5])('holds the same items above a line of %d as the order of rank', async (line) => {
    const plain = await run({ line, limit: 1000 });
    const other = await run({ line, limit: 1000, order });
    const most = order === 'diverse' ? 200 : 1000;
    expect(other.arranged).toBe(Math.min(most, plain.standOut));
    const head = (answer: SearchAnswer) => ids(answer).slice(0, other.arranged);
    expect(head(other)).not.toEqual(head(plain));
    expect(head(other).toSorted()).toEqual(head(plain).toSorted());
    expect(ids(other).slice(other.arranged)).toEqual(ids(plain).slice(other.arranged));
    expect([other.total, other.standOut]).toEqual([plain.total, plain.standOut]);
  });

  test.each([1, 2, 5])(
    'keeps to at most %d of each patient, and none of the query’s own',
    async (perGroup) => {
      const own = items.find(({ patient }) => patient !== null) as MadeItem;
      const patientOf = new Map(items.map(({ itemId, patient }) => [itemId, patient]));
      const answer = await run({
        chips: [{ type: 'item', itemId: own.itemId, weight: 1 }] as Chip[],
        ...{ line: 0, limit: 1000, order, group: 'patient', perGroup, apartFrom: 'patient' },
      });
      const taken = new Map<string, number>();
      for (const patient of ids(answer).flatMap((id) => patientOf.get(id) ?? []))
        taken.set(patient, (taken.get(patient) ?? 0) + 1);
      expect(Math.max(...taken.values())).toBe(perGroup);
      expect(taken.has(own.patient as string)).toBe(false);
    },
  );

  test('is cut into pages that fit together', async () => {
    const all = ids(await run({ line: 1, limit: 1000, order }));
    for (const [offset, limit] of [
      [0, 7],
      [7, 60],
      [150, 100],
      [199, 2],
      [400, 30],
    ] as const)
      expect(ids(await run({ line: 1, offset, limit, order }))).toEqual(all.slice(offset, offset + limit));
  });
});

test('names are sorted as people read numbers, without their folder; what was added last comes first', async () => {
  const named = await run({ line: 0, limit: 300, order: 'name' });
  const numbers = named.hits.map(({ path }) => Number(/img(\d+)/.exec(path)?.[1]));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  const added = ids(await run({ line: 0, limit: 300, order: 'added' }));
  expect(added).toEqual(added.toSorted((a, b) => b - a));
});

test('the diverse order is that of the formula over the first 200 that stand out', async () => {
  const ranked = items
    .map(({ itemId, regions }) => ({
      itemId,
      vector: regions[0]?.vector ?? null,
      score: dot(textVector('x'), regions[0]?.vector ?? new Float32Array()),
    }))
    .sort((a, b) => b.score - a.score)
    .slice(0, 200);
  const expected = diverseOrder(ranked, 0.4).map((place) => ranked[place]?.itemId);
  const found = await run({ line: 0, limit: 200, order: 'diverse', lambda: 0.4 });
  expect(ids(found)).toEqual(expected);
});

test('leaves out what comes from the scanner of an item of the query; of none, nothing else', async () => {
  const scanned = new Map(items.map(({ itemId }, index) => [itemId, scannerOf(index)]));
  for (const index of [3, 4, 7]) {
    const own = items[index] as MadeItem;
    const answer = await run({
      chips: [{ type: 'item', itemId: own.itemId, weight: 1 }] as Chip[],
      ...{ apartFrom: 'scanner', limit: 1000 },
    });
    const scanner = scannerOf(index);
    const expected = items.filter(
      ({ itemId }) => itemId !== own.itemId && (scanner === null || scanned.get(itemId) !== scanner),
    );
    expect(answer.total, `scanner ${scanner}`).toBe(expected.length);
    expect(ids(answer).every((id) => expected.some(({ itemId }) => itemId === id))).toBe(true);
  }
});

test('says when the first hits come from one scanner that is not the archive’s usual one', async () => {
  const { archive } = made;
  const first = ids(await run({ line: 0, limit: 20 }));
  const name = (id: number, scanner: string) =>
    archive.db
      .prepare("insert or replace into attribute (item_id, name, text) values (?, 'manufacturerModel', ?)")
      .run(id, scanner);
  expect((await run({ line: 0 })).notices.join(' ')).not.toContain('scanner');
  for (const id of first.slice(0, 17)) name(id, 'Rare 7');
  expect((await run({ line: 0 })).notices).toContainEqual(
    expect.stringMatching(
      /^17 of the first 20 hits come from one scanner, Rare 7, which made about [0-3] % of the archive: they may share/,
    ),
  );
  expect((await run({ line: 0, offset: 60 })).notices).toEqual([]);
  for (const { itemId } of items) name(itemId, 'Rare 7');
  expect((await run({ line: 0 })).notices.join(' ')).not.toContain('scanner');
});

test.each(['modality=CT', 'age>50', 'tag=odd', 'patient="p3"', 'modality=CT or age<10'])(
  'a filter and its opposite leave nothing together and everything apart: %s',
  async (filter) => {
    const [none, all, some, others] = await Promise.all(
      [`(${filter}) and not (${filter})`, `(${filter}) or not (${filter})`, filter, `not (${filter})`].map(
        (where) => run({ where: [where], limit: 1000 }),
      ),
    );
    expect([none?.total, none?.hits.length]).toEqual([0, 0]);
    expect(all?.total).toBe(items.length);
    expect((some?.total ?? 0) > 0 && (some?.total ?? 0) + (others?.total ?? 0)).toBe(items.length);
  },
);
