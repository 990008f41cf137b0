import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { combine, dot } from '../../../../main/core/domain/vector.ts';
import { heldImages } from '../../../../main/core/search/held-images.ts';
import { createSearch, type Search } from '../../../../main/core/search/search.ts';
import { methods } from '../../../../preload/contract/methods.ts';
import {
  addItems,
  encodeTexts,
  type MadeItem,
  randomNumbers,
  textVector,
  vectorArchive,
} from '../../../support/search-archive.ts';

const PAIRS = 1000;
const K = 20;
const signal = new AbortController().signal;
const random = randomNumbers(31);
let made: ReturnType<typeof vectorArchive>;
let items: MadeItem[];

beforeAll(() => {
  made = vectorArchive();
  items = addItems(made.archive, made.model, 4500, random, (index) => (index % 90 === 0 ? 5 : 1));
});
afterAll(() => made.remove());

function open(): Search {
  const { archive, model } = made;
  const parts = { archive, model: () => ({ row: model, encodeTexts }), heldImages: heldImages() };
  return createSearch({ ...parts, quietMs: 30 });
}

/** An expression together with what it means, built side by side. */
interface Asked {
  readonly text: string;
  readonly fits: (item: MadeItem) => boolean;
}

const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

function condition(): Asked {
  const age = Math.floor(random() * 110);
  const modality = pick(['CT', 'MR', 'CR', 'US']);
  const bodyPart = pick(['CHEST', 'HEAD']);
  const tag = pick(['good', 'odd']);
  const patient = `p${Math.floor(random() * 44)}`;
  return pick<Asked>([
    { text: `age<${age}`, fits: (item) => item.age < age },
    { text: `age>=${age}`, fits: (item) => item.age >= age },
    { text: `age=${age}`, fits: (item) => item.age === age },
    { text: `modality=${modality}`, fits: (item) => item.modality === modality },
    { text: `modality!=${modality}`, fits: (item) => item.modality !== modality },
    { text: `bodyPart~${bodyPart.slice(-2)}`, fits: (item) => item.bodyPart === bodyPart },
    { text: `tag=${tag}`, fits: (item) => item.tags.includes(tag) },
    { text: `tag!=${tag}`, fits: (item) => !item.tags.includes(tag) },
    { text: 'tag=', fits: (item) => item.tags.length === 0 },
    { text: `patient=${patient}`, fits: (item) => item.patient === patient },
    { text: `patient!=${patient}`, fits: (item) => item.patient !== patient },
    { text: 'patient=', fits: (item) => item.patient === null },
  ]);
}

function expression(deep: number): Asked {
  const shape = deep === 0 ? 'one' : pick(['one', 'and', 'or', 'not']);
  if (shape === 'one') return condition();
  const a = expression(deep - 1);
  if (shape === 'not') return { text: `not (${a.text})`, fits: (item) => !a.fits(item) };
  const b = expression(deep - 1);
  return {
    text: `(${a.text}) ${shape} (${b.text})`,
    fits: (item) => (shape === 'and' ? a.fits(item) && b.fits(item) : a.fits(item) || b.fits(item)),
  };
}

interface Pair {
  readonly query: string;
  readonly where: readonly string[];
  readonly fits: (item: MadeItem) => boolean;
}

function pair(index: number): Pair {
  const parts = Array.from({ length: 1 + Math.floor(random() * 2) }, () => expression(2));
  return {
    query: `query ${index}`,
    where: parts.map(({ text }) => text),
    fits: (item) => parts.every(({ fits }) => fits(item)),
  };
}

/** The answer computed the obvious way. */
function expected({ query, fits }: Pair) {
  // As a query of one part is: made of unit length once more, which may turn the last bit.
  const vector = combine([{ vector: textVector(query), weight: 1 }]) as Float32Array;
  const all = items
    .filter(fits)
    .map(({ itemId, regions }) => {
      return { itemId, similarity: Math.max(...regions.map((region) => dot(vector, region.vector))) };
    })
    .sort((a, b) => b.similarity - a.similarity || a.itemId - b.itemId);
  return { total: all.length, hits: all.slice(0, K) };
}

async function answer(search: Search, { query, where }: Pair) {
  const chips = [{ type: 'text', text: query }];
  const request = methods['search.run'].input.parse({ chips, where, limit: K });
  const { hits, total } = await search.run(request, signal);
  return { total, hits: hits.map(({ itemId, similarity }) => ({ itemId, similarity })) };
}

const folder = () => join(made.archive.folder, 'vectors');

/** Until the matrix is there and written. */
async function settled(search: Search): Promise<void> {
  await answer(search, { query: 'anything', where: [], fits: () => true });
  const file = join(folder(), `model-${made.model.id}.int8`);
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), 10_000);
}

test(`${PAIRS} random filters and queries give what plain arithmetic gives`, async () => {
  const search = open();
  const sizes: number[] = [];
  for (let index = 0; index < PAIRS; index += 1) {
    // The first ones come while the matrix is being built.
    if (index === 50) await settled(search);
    const asked = pair(index);
    const want = expected(asked);
    sizes.push(want.total);
    expect(await answer(search, asked), asked.where.join(' & ')).toEqual(want);
  }
  await search.close();
  // Filters that leave nothing, few, and most: otherwise the comparison would say little.
  expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(5);
  expect(sizes.filter((size) => size > 0 && size < K).length).toBeGreaterThan(20);
  expect(sizes.filter((size) => size > 3000).length).toBeGreaterThan(50);
});

test.each([
  ['deleted', () => rmSync(folder(), { recursive: true })],
  ['overwritten with noise', () => damage((bytes) => bytes.map(() => Math.floor(random() * 256)))],
  ['cut in the middle', () => damage((bytes) => bytes.subarray(0, bytes.length / 2))],
  ['one bit off', () => damage((bytes) => bytes.with(bytes.length - 5, (bytes.at(-5) ?? 0) ^ 1))],
])('no answer changes when everything under vectors is %s', async (_what, harm) => {
  const pairs = Array.from({ length: 25 }, (_, index) => pair(index));
  const before = open();
  await settled(before);
  await before.close();
  harm();
  const after = open();
  for (const one of pairs) expect(await answer(after, one)).toEqual(expected(one));
  await settled(after);
  for (const one of pairs) expect(await answer(after, one)).toEqual(expected(one));
  await after.close();
});

function damage(how: (bytes: Uint8Array) => Uint8Array): void {
  const files = readdirSync(folder());
  expect(files.length).toBeGreaterThan(0);
  for (const file of files)
    writeFileSync(join(folder(), file), how(new Uint8Array(readFileSync(join(folder(), file)))));
}
