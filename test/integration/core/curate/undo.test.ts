import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTags } from '../../../../main/core/curate/tags.ts';
import { createUndo } from '../../../../main/core/curate/undo.ts';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { openReader } from '../../../../main/core/store/database.ts';
import type { ItemId } from '../../../../preload/contract/ids.ts';
import { openTestCore, removeFolder, type TestCore } from '../../../support/core.ts';
import { temporaryArchive } from '../../../support/vector-archive.ts';

const MANY = 100_000;
let place: ReturnType<typeof temporaryArchive>;
beforeEach(() => {
  place = temporaryArchive();
  const insert = place.archive.db.prepare(
    `insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
     values (?, 'image', printf('%064d', ?), 1, 1, 1, 1, 'then')`,
  );
  place.archive.transaction(() => {
    for (let id = 1; id <= MANY; id += 1) insert.run(id, id);
  });
});
afterEach(() => place.remove());

const ids = (from: number, to: number): ItemId[] =>
  Array.from({ length: to - from + 1 }, (_, index) => (from + index) as ItemId);
const open = (archive = place.archive) => {
  const undo = createUndo(archive);
  return { undo, tags: createTags(archive, undo) };
};
const tagged = (archive = place.archive) => archive.tags.list();

test('tags of many items are put on in turns, and taken back after a restart', async () => {
  const before = open();
  let turns = 0;
  const watch = setInterval(() => (turns += 1), 0);
  const changed = await before.tags.put([...ids(1, MANY), 999_999_999 as ItemId], 'margin', true);
  clearInterval(watch);
  expect(changed).toHaveLength(MANY);
  // Four thousand rows a turn at most; timers ran in between.
  expect(turns).toBeGreaterThan(15);
  expect(before.undo.state()).toEqual({ undo: 'tag 100,000 items with “margin”', redo: null });
  place.archive.close();

  const archive = openArchive(place.folder, { create: false, now: 'now' });
  const { undo } = open(archive);
  expect(await undo.undo()).toEqual({
    name: 'tag 100,000 items with “margin”',
    undo: null,
    redo: 'tag 100,000 items with “margin”',
  });
  expect(tagged(archive)).toEqual([]);
  expect(await undo.redo()).toMatchObject({ redo: null });
  expect(tagged(archive)).toEqual([{ tag: 'margin', items: MANY }]);
  archive.close();
}, 60_000);

test('takes back only what a step changed, one step at a time, and forgets what was undone when something is done', async () => {
  const { undo, tags } = open();
  await tags.put(ids(1, 2), 'a', true);
  expect(await tags.put(ids(1, 3), 'a', true)).toEqual([3]);
  await tags.put(ids(1, 1), 'a', false);
  expect(await tags.put(ids(1, 1), 'a', false)).toEqual([]);
  expect((await undo.undo()).name).toBe('untag 1 item with “a”');
  expect((await undo.undo()).name).toBe('tag 1 item with “a”');
  expect(tagged()).toEqual([{ tag: 'a', items: 2 }]);
  expect(undo.state()).toEqual({ undo: 'tag 2 items with “a”', redo: 'tag 1 item with “a”' });
  await tags.put(ids(9, 9), 'b', true);
  expect(undo.state()).toEqual({ undo: 'tag 1 item with “b”', redo: null });
  expect((await undo.redo()).name).toBeNull();
});

test('keeps a hundred steps', async () => {
  const { undo, tags } = open();
  for (let count = 1; count <= 120; count += 1) await tags.put(ids(count, count), 'x', true);
  let undone = 0;
  while ((await undo.undo()).name !== null) undone += 1;
  expect(undone).toBe(100);
  expect(tagged()).toEqual([{ tag: 'x', items: 20 }]);
});

test('steps that are asked for together come one after the other', async () => {
  const { undo, tags } = open();
  const both = [tags.put(ids(1, 20_000), 'x', true), tags.put(ids(10_001, 30_000), 'x', true), undo.undo()];
  await Promise.all(both);
  expect(tagged()).toEqual([{ tag: 'x', items: 20_000 }]);
});

let core: TestCore | undefined;
afterEach(async () => {
  await core?.close();
  if (core) removeFolder(core.folder);
  core = undefined;
});

test('a saved search that is removed comes back with what it found, also after a restart', async () => {
  core = openTestCore();
  const job = await core.core.openDemo(`${core.folder}/D.vitrine`);
  if (job !== null) await core.ended(job);
  const rules = { chips: [{ type: 'text' as const, text: 'dermoscopy' }] };
  const kept = await core.call('saved.save', { name: 'Skin', rules });
  expect(await core.call('saved.remove', { savedId: kept.savedId })).toEqual({ removed: true });
  expect(await core.call('saved.remove', { savedId: kept.savedId })).toEqual({ removed: false });
  expect((await core.call('saved.list', {})).saved).toEqual([]);
  await core.close();
  core = openTestCore({ folder: core.folder });
  await core.call('archive.open', { path: `${core.folder}/D.vitrine` });
  const other = await core.call('saved.save', { name: 'skin', rules });
  // Saving is no step; what was removed before still comes back, under a name of its own.
  expect(await core.call('undo.undo', {})).toMatchObject({ name: 'remove the saved search “Skin”' });
  const { saved } = await core.call('saved.list', {});
  expect(saved.map(({ name }) => name)).toEqual(['skin', 'Skin (2)']);
  expect(saved[1]?.result).toEqual(kept.result);
  expect(other.savedId).not.toBe(kept.savedId);
  // Replaced, the old one can be taken back too.
  await core.call('saved.save', { name: 'skin', rules, replace: true });
  await core.call('undo.undo', {});
  expect((await core.call('saved.list', {})).saved).toHaveLength(3);
  expect(core.defects).toEqual([]);
}, 60_000);

test('an evaluation that is removed comes back, also after a restart, and is gone with its step', async () => {
  core = openTestCore();
  const path = `${core.folder}/D.vitrine`;
  const job = await core.core.openDemo(path);
  if (job !== null) await core.ended(job);
  const { evaluationId } = await core.call('evaluation.captions', {});
  const opened = await core.call('evaluation.get', { evaluationId });
  const numbers = async (from: TestCore) =>
    (await from.call('evaluation.list', {})).evaluations.map((one) => one.evaluationId);
  expect(await core.call('evaluation.remove', { evaluationId })).toEqual({ removed: true });
  expect(await core.call('evaluation.remove', { evaluationId })).toEqual({ removed: false });
  expect(await numbers(core)).toEqual([]);
  const other = core.call('evaluation.get', { evaluationId });
  await expect(other).rejects.toMatchObject({ code: 'evaluation.unknown' });
  await core.close();
  core = openTestCore({ folder: core.folder });
  await core.call('archive.open', { path });
  expect((await core.call('undo.undo', {})).name).toBe(`remove evaluation ${evaluationId}`);
  expect(await core.call('evaluation.get', { evaluationId })).toEqual(opened);
  expect((await core.call('undo.redo', {})).name).toBe(`remove evaluation ${evaluationId}`);
  expect(await numbers(core)).toEqual([]);
  const [first] = (await core.call('items.list', {})).items;
  for (let count = 0; count < 100; count += 1)
    await core.call('tags.apply', { itemIds: [first?.itemId as never], tag: `tag ${count}` });
  await core.close();
  const db = openReader(`${path}/archive.db`);
  expect(db.prepare('select count(*) from evaluation').pluck().get()).toBe(0);
  db.close();
  core = openTestCore({ folder: core.folder });
  expect(core.defects).toEqual([]);
}, 60_000);
