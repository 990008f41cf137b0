import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { openTestCore, removeFolder, type TestCore } from '../../../support/core.ts';

let core: TestCore;
let archive: string;
beforeEach(async () => {
  core = openTestCore();
  archive = join(core.folder, 'A.vitrine');
  await core.core.openOrCreate(archive);
});
afterEach(async () => {
  expect(core.defects).toEqual([]);
  await core.close();
  removeFolder(core.folder);
});

async function bring(system: string, term: string, count = 1): Promise<number> {
  const path = join(core.folder, `${system}.csv`);
  const rows = Array.from({ length: count }, (_, row) => `${system},C${row},${term} ${row}`);
  writeFileSync(path, `system,code,display\n${rows.join('\n')}\n`);
  const { vocabularies } = await core.call('vocabulary.import', { path });
  return vocabularies[0]?.vocabularyId ?? 0;
}
const found = async (text: string) =>
  (await core.call('vocabulary.find', { text })).concepts.map(({ system }) => system);
const listed = async () =>
  (await core.call('vocabulary.list', {})).vocabularies.map(({ system, concepts }) => [system, concepts]);

test('a vocabulary that was removed is out of sight, hides nothing, and comes back after a restart', async () => {
  // More terms than are ranked, all of which come before the other's.
  const vocabularyId = await bring('Large', 'knot', 2_000);
  await bring('Small', 'knot of another kind');
  await core.call('vocabulary.remove', { vocabularyId });
  expect(await listed()).toEqual([['Small', 1]]);
  expect(await found('knot')).toEqual(['Small']);
  await expect(core.call('vocabulary.remove', { vocabularyId })).rejects.toMatchObject({
    code: 'vocabulary.unknown',
  });
  await core.close();
  core = openTestCore({ folder: core.folder });
  await core.call('archive.open', { path: archive });
  expect((await core.call('undo.undo', {})).name).toBe('remove the vocabulary “Large”');
  expect(await listed()).toEqual([
    ['Large', 2_000],
    ['Small', 1],
  ]);
  expect(await found('knot 7')).toContain('Large');
  expect((await core.call('undo.redo', {})).undo).toBe('remove the vocabulary “Large”');
  expect(await found('knot 7')).toEqual([]);
});

test('one whose place another took does not come back, and the step before it is taken back', async () => {
  const kept = await bring('Ropes', 'rope');
  await core.call('vocabulary.remove', { vocabularyId: kept });
  const old = await bring('Knots', 'knot');
  await core.call('vocabulary.remove', { vocabularyId: old });
  await bring('Knots', 'newer knot');
  expect((await core.call('undo.undo', {})).name).toBe('remove the vocabulary “Ropes”');
  expect(await listed()).toEqual([
    ['Knots', 1],
    ['Ropes', 1],
  ]);
  expect(await found('newer')).toEqual(['Knots']);
});

test('freed at once, it is no step; out of sight, it is freed when its step is forgotten', async () => {
  const freed = await bring('Knots', 'knot');
  await core.call('vocabulary.remove', { vocabularyId: freed, free: true });
  expect((await core.call('undo.state', {})).undo).toBeNull();
  const vocabularyId = await bring('Ropes', 'rope');
  await core.call('vocabulary.remove', { vocabularyId });
  for (let count = 0; count < 101; count += 1) {
    const id = await bring('Other', 'other');
    await core.call('vocabulary.remove', { vocabularyId: id });
  }
  let undone = 0;
  while ((await core.call('undo.undo', {})).name !== null) undone += 1;
  // Each import took the place of the one before, so only the last can come back; that of the ropes is forgotten.
  expect(undone).toBe(1);
  expect(await listed()).toEqual([['Other', 1]]);
  await core.close();
  const opened = openArchive(archive, { create: false, now: 'now' });
  expect(opened.db.prepare('select count(*) from vocabulary').pluck().get()).toBe(1);
  opened.close();
  core = openTestCore({ folder: core.folder });
});
