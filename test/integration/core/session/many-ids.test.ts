import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleIdentity } from '../../../../main/core/encode/bundle-identity.ts';
import { findBundle } from '../../../../main/core/encode/bundles.ts';
import { openArchive } from '../../../../main/core/store/archive.ts';
import type { ItemId } from '../../../../preload/contract/ids.ts';
import { openTestCore, removeFolder, type TestCore } from '../../../support/core.ts';
import { randomNumbers, randomVector } from '../../../support/search-archive.ts';
import { addItems, addModel } from '../../../support/vector-archive.ts';

/** More than 16 bits can count, and more values than a statement of SQLite takes. */
const ITEMS = 70_000;
const shipped = join(import.meta.dirname, '../../../../models');
let core: TestCore;
let itemIds: ItemId[];

beforeAll(async () => {
  core = openTestCore();
  const path = join(core.folder, 'Many.vitrine');
  const { manifest } = await findBundle('starter', { shipped, imported: join(core.folder, 'models') });
  const archive = openArchive(path, { create: true, now: 'now' });
  const { dimensions } = manifest;
  const model = addModel(archive, 'starter', bundleIdentity(manifest), dimensions);
  const random = randomNumbers(3);
  const pool = Array.from({ length: 500 }, () => randomVector(random, dimensions));
  const made = Array.from({ length: ITEMS }, (_, at) => ({
    patient: `p${at % 40_000}`,
    vectors: [pool[(at * 7) % pool.length] as Float32Array],
  }));
  addItems(archive, model, made);
  archive.close();
  await core.call('archive.open', { path });
}, 300_000);
afterAll(async () => {
  await core.close();
  removeFolder(core.folder);
});

test('everything in the archive is listed', async () => {
  ({ itemIds } = await core.call('items.ids', { where: [] }));
  expect(itemIds).toHaveLength(ITEMS);
});

test('everything that a query finds is selected, each once; of groups, one of each', async () => {
  const chips = [{ type: 'text' as const, text: 'lung' }];
  const every = await core.call('search.run', { chips, limit: 10 });
  const found = await core.call('search.ids', { snapshot: every.snapshot });
  expect(new Set(found.itemIds)).toEqual(new Set(itemIds));
  expect(found.total).toBe(ITEMS);
  expect(found.itemIds.slice(0, 10)).toEqual(every.hits.map(({ itemId }) => itemId));
  const grouped = await core.call('search.run', { chips, group: 'patient', limit: 10 });
  expect((await core.call('search.ids', { snapshot: grouped.snapshot })).total).toBe(40_000);
});

test('is tagged, found by the tag, and loses it again', async () => {
  const tagged = await core.call('tags.apply', { itemIds, tag: 'many' });
  expect(tagged.changed).toBe(ITEMS);
  expect((await core.call('items.facets', { where: ['tag=many'] })).total).toBe(ITEMS);
  const removed = await core.call('tags.remove', { itemIds: itemIds.slice(1), tag: 'many' });
  expect(removed.changed).toBe(ITEMS - 1);
  expect((await core.call('items.list', { where: ['tag=many'] })).items.map(({ itemId }) => itemId)).toEqual(
    itemIds.slice(0, 1),
  );
});

test('is labelled in one run', async () => {
  const panel = { name: 'Two', labels: [{ name: 'lung' }, { name: 'bone' }] };
  const run = await core.call('label.run', { panel, itemIds });
  expect(run.items).toBe(ITEMS);
  const last = { runId: run.runId, order: 'item' as const, offset: ITEMS - 2, limit: 10 };
  const { predictions, total } = await core.call('label.predictions', last);
  expect([predictions.length, total]).toEqual([2, ITEMS]);
  expect(core.defects).toEqual([]);
});
