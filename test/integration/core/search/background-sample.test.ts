import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SAMPLE_ITEMS } from '../../../../main/core/search/thread/background-sample.ts';
import { heldImages } from '../../../../main/core/search/held-images.ts';
import { createSearch, type Search } from '../../../../main/core/search/search.ts';
import { methods } from '../../../../preload/contract/methods.ts';
import {
  addItems,
  encodeTexts,
  type MadeItem,
  randomNumbers,
  randomVector,
  vectorArchive,
} from '../../../support/search-archive.ts';

const signal = new AbortController().signal;
const random = randomNumbers(5);
let made: ReturnType<typeof vectorArchive>;
let items: MadeItem[];
let long: Search;

beforeAll(async () => {
  made = vectorArchive();
  items = addItems(made.archive, made.model, 4500, random, (index) => (index % 10 === 0 ? 3 : 1));
  long = open(true);
  await backgroundOf(long);
  const file = join(made.archive.folder, 'vectors', `model-${made.model.id}.int8`);
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), 10_000);
});
afterAll(async () => {
  await long.close();
  made.remove();
});

function open(resident: boolean): Search {
  const { archive, model } = made;
  const parts = { archive, model: () => ({ row: model, encodeTexts }), heldImages: heldImages() };
  return createSearch({ ...parts, resident, quietMs: 30 });
}

async function backgroundOf(search: Search) {
  const chips = [{ type: 'text', text: 'nodule' }];
  const request = methods['search.run'].input.parse({ chips, line: 3, limit: 1 });
  const { n, median, spread, histogram } = (await search.run(request, signal)).background;
  return { n, median, spread, background: histogram.background };
}

/** Of a program that has just been started. */
async function drawnAnew() {
  const search = open(false);
  const background = await backgroundOf(search);
  await search.close();
  return background;
}

const change = (work: () => void): void =>
  made.archive.transaction(() => {
    work();
    made.archive.settings.bumpGeneration();
  });
const drop = (itemId: number): void => {
  made.archive.vectors.dropItem(itemId);
  made.archive.db.prepare('delete from item where id = ?').run(itemId);
};

test.each([
  ['a few items came, batch by batch', () => addItems(made.archive, made.model, 40, random)],
  ['many came', () => addItems(made.archive, made.model, 1500, random, () => 2)],
  ['some went', () => items.splice(0, 60).forEach(({ itemId }) => drop(itemId))],
  [
    'some came and the same went',
    () => addItems(made.archive, made.model, 30, random).forEach(({ itemId }) => drop(itemId)),
  ],
  [
    'vectors were replaced',
    () => {
      for (const { regions } of items.slice(0, 80))
        for (const { regionId } of regions)
          made.archive.vectors.replace(made.model, regionId, randomVector(random));
    },
  ],
  ['nothing happened', () => undefined],
])('is as if drawn anew after %s', async (_what, work) => {
  for (let round = 0; round < 3; round += 1) {
    change(work);
    const background = await backgroundOf(long);
    expect(background.n).toBe(SAMPLE_ITEMS);
    expect(background).toEqual(await drawnAnew());
  }
});

test('differs by what came, so that the comparisons above mean something', async () => {
  const before = await backgroundOf(long);
  change(() => addItems(made.archive, made.model, 800, random));
  expect(await backgroundOf(long)).not.toEqual(before);
});
