// Long because one archive of random vectors is asked every kind of question there is, against plain arithmetic.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { combine, dot } from '../../../../main/core/domain/vector.ts';
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

const signal = new AbortController().signal;
const random = randomNumbers(7);
let made: ReturnType<typeof vectorArchive>;
let items: MadeItem[];
let search: Search;
const held = heldImages();

// More regions than sqlite-vec's limit, some items with so many that they fill the first thousands of places alone.
beforeAll(() => {
  made = vectorArchive();
  items = addItems(made.archive, made.model, 5000, random, (index) => (index % 1000 === 0 ? 600 : 1));
});
afterAll(() => made.remove());

async function open(resident: boolean): Promise<Search> {
  const { archive, model } = made;
  const parts = { archive, model: () => ({ row: model, encodeTexts }), heldImages: held };
  const opened = createSearch({ ...parts, resident, quietMs: 30 });
  if (!resident) return opened;
  search = opened;
  await run({ chips: [text('anything')] });
  const file = join(archive.folder, 'vectors', `model-${model.id}.int8`);
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), 10_000);
  return opened;
}

const run = (input: Input<'search.run'>): Promise<SearchAnswer> =>
  search.run(methods['search.run'].input.parse(input), signal);
const ids = ({ hits }: SearchAnswer): number[] => hits.map(({ itemId }) => itemId);
const text = (words: string, weight = 1): Chip => ({ type: 'text', text: words, weight });

/** The answer computed the obvious way. */
function bruteForce(vector: Float32Array, keep: (item: MadeItem) => boolean, count: number) {
  return items
    .filter(keep)
    .map(({ itemId, regions }) => ({
      itemId,
      score: Math.max(...regions.map((region) => dot(vector, region.vector))),
    }))
    .sort((a, b) => b.score - a.score || a.itemId - b.itemId)
    .slice(0, count);
}

describe.each([
  ['SQLite alone', false],
  ['the resident matrix', true],
])('ranking by %s', (_by, resident) => {
  beforeAll(async () => {
    search = await open(resident);
  });
  afterAll(() => search.close());

  test('is the exact order, best region of each item, with exact scores', async () => {
    const { hits, total } = await run({ chips: [text('nodule')], limit: 1000 });
    const expected = bruteForce(textVector('nodule'), () => true, 1000);
    expect(hits.map(({ itemId, similarity }) => ({ itemId, score: similarity }))).toEqual(expected);
    expect(total).toBe(5000);
  });

  test('a page is a piece of the longer list, also beyond the limit of the vector table', async () => {
    const all = bruteForce(textVector('a b'), () => true, 5000).map(({ itemId }) => itemId);
    for (const [offset, limit] of [
      [0, 10],
      [10, 10],
      [995, 10],
      [4500, 600],
    ] as const)
      expect(ids(await run({ chips: [text('a b')], offset, limit }))).toEqual(
        all.slice(offset, offset + limit),
      );
  });

  test('equals brute force within random filters and never falls short', async () => {
    for (let round = 0; round < 60; round += 1) {
      const modality = ['CT', 'MR', 'CR'][Math.floor(random() * 3)] as string;
      const age = Math.floor(random() * 100);
      const vector = textVector(`round ${round}`);
      const where = [`modality=${modality}`, `age<${age}`, ...(round % 2 ? ['tag=odd'] : [])];
      const keep = (item: MadeItem) =>
        item.modality === modality && item.age < age && (round % 2 === 0 || item.tags.includes('odd'));
      const answer = await run({ chips: [text(`round ${round}`)], where, limit: 50 });
      expect(ids(answer)).toEqual(bruteForce(vector, keep, 50).map(({ itemId }) => itemId));
      expect(answer.total).toBe(items.filter(keep).length);
    }
  });

  test('counts everything above the line, however far down the line is', async () => {
    for (const line of [0, 1, 2.5, 3.1]) {
      const { standOut, background, hits } = await run({ chips: [text('x')], limit: 1, line });
      const all = bruteForce(textVector('x'), () => true, 5000);
      const above = all.filter(({ score }) => (score - background.median) / background.spread >= line);
      expect(standOut).toBe(above.length);
      expect(hits).toHaveLength(1);
    }
  });

  test('gives the best of each patient once; items of unknown patients are not lumped together', async () => {
    const { hits, total } = await run({ chips: [text('x')], group: 'patient', limit: 1000 });
    const groupOf = new Map(items.map((item) => [item.itemId, item.patient ?? item.itemId]));
    const expected: number[] = [];
    const seen = new Set();
    for (const { itemId } of bruteForce(textVector('x'), () => true, 5000)) {
      const group = groupOf.get(itemId);
      if (!seen.has(group)) expected.push(itemId);
      seen.add(group);
    }
    expect(hits.map(({ itemId }) => itemId as number)).toEqual(expected);
    expect(total).toBe(expected.length);
  });

  test('gives at most so many of each patient, and counts them', async () => {
    const { hits, total, standOut, background } = await run({
      ...{ chips: [text('x')], group: 'patient', perGroup: 3, limit: 1000, line: 1 },
    });
    const patientOf = new Map(items.map((item) => [item.itemId, item.patient ?? String(item.itemId)]));
    const taken = new Map<string, number>();
    const expected = bruteForce(textVector('x'), () => true, 5000).filter(({ itemId }) => {
      const patient = patientOf.get(itemId) ?? '';
      taken.set(patient, (taken.get(patient) ?? 0) + 1);
      return (taken.get(patient) ?? 0) <= 3;
    });
    expect(hits.map(({ itemId, similarity }) => ({ itemId, score: similarity }))).toEqual(
      expected.slice(0, 1000),
    );
    expect(total).toBe(expected.length);
    const above = expected.filter(({ score }) => (score - background.median) / background.spread >= 1);
    expect(standOut).toBe(above.length);
  });

  test('leaves out what has the same patient as an item of the query', async () => {
    const item = items.find(({ patient, regions }) => patient !== null && regions.length === 1) as MadeItem;
    const chips = [{ type: 'item', itemId: item.itemId, weight: 1 }] as Chip[];
    const answer = await run({ chips, apartFrom: 'patient', limit: 200 });
    const [{ vector }] = item.regions as [MadeItem['regions'][number]];
    const other = ({ itemId, patient }: MadeItem) => itemId !== item.itemId && patient !== item.patient;
    expect(ids(answer)).toEqual(bruteForce(vector, other, 200).map(({ itemId }) => itemId));
    expect(answer.total).toBe(items.filter(other).length);
  });
});

describe('query', () => {
  beforeAll(async () => {
    search = await open(false);
  });
  afterAll(() => search.close());

  test('does not depend on the order of its parts', async () => {
    const parts = [text('one', 1.3), text('two', -0.4), text('three', 0.2)];
    const first = await run({ chips: parts, limit: 200 });
    const second = await run({ chips: parts.toReversed(), limit: 200 });
    expect(second.hits).toEqual(first.hits);
  });

  test('does not depend on a common factor of its weights', async () => {
    const first = await run({ chips: [text('one', 1), text('two', -0.5)], limit: 200 });
    const second = await run({ chips: [text('one', 2), text('two', -1)], limit: 200 });
    expect(second.hits).toEqual(first.hits);
  });

  test.each(['item', 'region'] as const)('leaves out its own items (%s)', async (type) => {
    const [item] = items.slice(17, 18) as [MadeItem];
    const [region] = item.regions as [MadeItem['regions'][number]];
    const chip = (
      type === 'item' ? { type, itemId: item.itemId } : { type, regionId: region.regionId }
    ) as Chip;
    const answer = await run({ chips: [chip], limit: 300 });
    expect(ids(answer)).not.toContain(item.itemId);
    expect(answer.total).toBe(4999);
    const expected = bruteForce(region.vector, ({ itemId }) => itemId !== item.itemId, 300);
    expect(ids(answer)).toEqual(expected.map(({ itemId }) => itemId));
  });

  test('an image is a part by its hash, as long as it is held and of this model', async () => {
    const vector = textVector('picture');
    const sha256 = 'ab'.repeat(32);
    const chips: Chip[] = [{ type: 'image', imageId: sha256, weight: 1 }];
    await expect(run({ chips })).rejects.toMatchObject({ code: 'query.image-unknown' });
    held.put({ sha256, name: 'p.png', modelIdentity: 'another', vector });
    await expect(run({ chips })).rejects.toMatchObject({ code: 'query.image-unknown' });
    held.put({ sha256, name: 'p.png', modelIdentity: 'test', vector });
    expect(ids(await run({ chips, limit: 5 }))).toEqual(
      bruteForce(vector, () => true, 5).map(({ itemId }) => itemId),
    );
  });

  test('says what it computed', async () => {
    const { formula } = await run({ chips: [text('nodule'), text('rib', -0.8)] });
    expect(formula).toBe('q = n(1.0·"nodule" − 0.8·"rib")');
    expect(combine([{ vector: textVector('a'), weight: 1 }])).not.toBeNull();
  });

  test.each([
    ['parts that cancel out', [text('a'), text('a', -1)], 'query.cancels-out'],
    ['weights of nothing', [text('a', 0)], 'query.cancels-out'],
    ['an item that is not there', [{ type: 'item', itemId: 999_999, weight: 1 }], 'item.unknown'],
    ['a region that is not there', [{ type: 'region', regionId: 999_999, weight: 1 }], 'region.unknown'],
  ])('refuses %s', async (_what, chips, code) => {
    await expect(run({ chips: chips as Chip[] })).rejects.toMatchObject({ code });
  });

  test('ends when it is cancelled', async () => {
    const abort = new AbortController();
    const request = methods['search.run'].input.parse({ chips: [text('x')], offset: 4900 });
    const answer = search.run(request, abort.signal);
    setTimeout(() => abort.abort(), 1);
    await expect(answer).rejects.toMatchObject({ code: 'request.cancelled' });
  });
});

test('counts facets by the filter, without the facet’s own part of it, and lists all numbers', async () => {
  search = await open(false);
  const { facets, total } = await search.facets(['modality=CT', 'tag=odd'], signal);
  const values = (name: string) =>
    Object.fromEntries(
      facets.find((one) => one.name === name)?.values.map(({ value, count }) => [value, count]) ?? [],
    );
  const countOf = (fits: (item: MadeItem) => boolean) => items.filter(fits).length;
  const isOdd = (item: MadeItem) => item.tags.includes('odd');
  expect(total).toBe(countOf((item) => isOdd(item) && item.modality === 'CT'));
  expect(values('modality')['MR']).toBe(countOf((item) => isOdd(item) && item.modality === 'MR'));
  expect(values('tag')['good']).toBe(countOf((item) => item.tags.includes('good') && item.modality === 'CT'));
  expect(await search.ids(['age<50'], signal)).toEqual(
    items.filter(({ age }) => age < 50).map(({ itemId }) => itemId),
  );
  await search.close();
});
