import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { heldImages } from '../../../../main/core/search/held-images.ts';
import { createSearch, type Search } from '../../../../main/core/search/search.ts';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import type { Hit, SearchAnswer } from '../../../../preload/contract/search.ts';
import {
  addItems,
  encodeTexts,
  randomNumbers,
  textVector,
  vectorArchive,
} from '../../../support/search-archive.ts';

const signal = new AbortController().signal;
const PAGE = 100;
let random: () => number;
let made: ReturnType<typeof vectorArchive>;
let search: Search;

// More regions than are simply all compared.
beforeEach(() => {
  random = randomNumbers(23);
  made = vectorArchive();
  addItems(made.archive, made.model, 4500, random, (index) => (index % 50 === 0 ? 4 : 1));
});
afterEach(async () => {
  await search.close();
  made.remove();
});

async function open(resident: boolean): Promise<void> {
  const { archive, model } = made;
  const parts = { archive, model: () => ({ row: model, encodeTexts }), heldImages: heldImages() };
  search = createSearch({ ...parts, resident, quietMs: 30 });
  if (!resident) return;
  await run(query);
  const file = join(archive.folder, 'vectors', `model-${model.id}.int8`);
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), 10_000);
}

const query: Input<'search.run'> = { chips: [{ type: 'text', text: 'nodule' }], limit: PAGE };
const run = (input: Input<'search.run'>): Promise<SearchAnswer> =>
  search.run(methods['search.run'].input.parse(input), signal);
const ids = (hits: readonly Hit[]): number[] => hits.map(({ itemId }) => itemId);

/** The whole order, by a list of its own that is read before anything changes. */
async function wholeOrder(input: Input<'search.run'>): Promise<number[]> {
  const { total } = await run({ ...input, limit: 1 });
  const order: number[] = [];
  for (let offset = 0; offset < total; offset += 1000)
    order.push(...ids((await run({ ...input, offset, limit: 1000 })).hits));
  return order;
}

async function pages(input: Input<'search.run'>, first: SearchAnswer): Promise<Hit[]> {
  const hits = [...first.hits];
  for (let offset = PAGE; offset < first.total; offset += 1000)
    hits.push(...(await run({ ...input, snapshot: first.snapshot, offset, limit: 1000 })).hits);
  return hits;
}

/** As an import does: items that score above everything, and the end of others. */
function change(query: string, gone: readonly number[]): void {
  const { archive, model } = made;
  const best = textVector(query);
  archive.transaction(() => {
    for (const { itemId } of addItems(archive, model, 40, random)) {
      const [region] = archive.items.regionsOf(itemId);
      if (region) archive.vectors.replace(model, region.id, best);
    }
    for (const itemId of gone) {
      archive.vectors.dropItem(itemId);
      archive.db.prepare('delete from item where id = ?').run(itemId);
    }
    archive.settings.bumpGeneration();
  });
}

describe.each([
  ['the resident matrix', true],
  ['SQLite alone', false],
])('paging by %s', (_by, resident) => {
  beforeEach(() => open(resident));

  test.each([
    ['everything', {}],
    ['a filter', { where: ['age<60'] }],
    ['the best two of each patient', { group: 'patient', perGroup: 2 }],
  ] as const)('what is added does not shift %s', async (_what, more) => {
    const input = { ...query, ...more } as Input<'search.run'>;
    const before = await wholeOrder(input);
    const first = await run(input);
    change('nodule', []);
    const hits = await pages(input, first);
    expect(ids(hits)).toEqual(before);
    expect(hits.map(({ place }) => place)).toEqual(before.map((_, place) => place));
    // A list of its own has them, so it was not for want of something new.
    expect(ids((await run(input)).hits)).not.toEqual(before.slice(0, PAGE));
  });

  test('the count, the line and the lift of later pages are those of the first', async () => {
    const first = await run(query);
    change('nodule', []);
    const later = await run({ ...query, snapshot: first.snapshot, offset: 50, limit: 20 });
    const { total, standOut, line, background, formula, drawn } = first;
    expect(later).toMatchObject({ total, standOut, line, background, formula, drawn });
    expect(later.hits).toEqual(first.hits.slice(50, 70));
  });

  test('a line that is moved counts the members of the list', async () => {
    const first = await run(query);
    const moved = await run({ ...query, snapshot: first.snapshot, line: 1, limit: 1 });
    change('nodule', []);
    const again = await run({ ...query, snapshot: first.snapshot, line: 1, limit: 1 });
    expect(moved.standOut).toBeGreaterThan(first.standOut);
    expect(again.standOut).toBe(moved.standOut);
  });

  test('a place whose item has gone on a page that was given stays empty', async () => {
    const first = await run(query);
    const gone = [3, 40].map((place) => first.hits[place]?.itemId as number);
    change('nodule', gone);
    const again = await run({ ...query, snapshot: first.snapshot });
    expect(again.hits.map(({ place }) => place)).toEqual(
      Array.from({ length: PAGE }, (_, place) => place).filter((place) => place !== 3 && place !== 40),
    );
    expect(ids(again.hits)).toEqual(ids(first.hits).filter((itemId) => !gone.includes(itemId)));
  });

  test('all matches are all of the list, not of the page, and none that came later', async () => {
    const input = { ...query, where: ['modality=CT'] };
    const before = await wholeOrder(input);
    const { snapshot, standOut } = await run(input);
    change('nodule', before.slice(700, 703));
    const left = before.filter((_, place) => place < 700 || place > 702);
    expect(await search.found(snapshot, false, signal)).toEqual(left);
    expect(await search.found(snapshot, true, signal)).toEqual(before.slice(0, standOut));
  });

  test('a snapshot is of one query, and not kept for ever', async () => {
    const { snapshot } = await run(query);
    const gone = { code: 'query.snapshot-gone' };
    await expect(run({ ...query, where: ['age<5'], snapshot })).rejects.toMatchObject(gone);
    await expect(run({ ...query, snapshot: 'another' })).rejects.toMatchObject(gone);
    for (let round = 0; round < 16; round += 1) await run({ ...query, limit: 1 });
    await expect(run({ ...query, snapshot })).rejects.toMatchObject(gone);
  });
});

test('what goes before its page was read keeps its place there', async () => {
  await open(true);
  const before = await wholeOrder(query);
  const first = await run(query);
  const places = Array.from({ length: 300 }, (_, index) => 200 + 7 * index);
  change(
    'nodule',
    places.map((place) => before[place] as number),
  );
  const hits = await pages(query, first);
  expect(hits).toHaveLength(before.length - places.length);
  // Their own place is known from the int8 copies, so of those that stay a few stand a little off where they stood.
  const off = hits.map(({ itemId, place }) => Math.abs(before.indexOf(itemId) - place));
  expect(Math.max(...off)).toBeLessThanOrEqual(12);
  expect(off.filter((by) => by > 0).length).toBeLessThan(0.25 * off.length);
  expect(off.at(-1)).toBe(0);
});

test('an order that is not of rank stays as it was given', async () => {
  await open(true);
  for (const order of ['diverse', 'added'] as const) {
    const input = { ...query, order, line: 0.5 };
    const first = await run(input);
    expect(first.arranged).toBeGreaterThanOrEqual(PAGE);
    const second = await run({ ...input, snapshot: first.snapshot, offset: PAGE });
    change('nodule', []);
    expect((await run({ ...input, snapshot: first.snapshot, offset: PAGE })).hits).toEqual(second.hits);
    expect((await run({ ...input, snapshot: first.snapshot })).hits).toEqual(first.hits);
    const all = await search.found(first.snapshot, false, signal);
    expect(all.slice(0, 2 * PAGE)).toEqual([...ids(first.hits), ...ids(second.hits)]);
  }
});
