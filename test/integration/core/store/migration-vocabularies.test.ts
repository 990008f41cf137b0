import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';
import { vocabularyStore } from '../../../../main/core/store/vocabularies.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test.each([1, 5])('an archive of version %i keeps its data and takes vocabularies', (version) => {
  const path = join(folder, 'archive.db');
  const old = openDatabase(
    path,
    migrations.filter((step) => step.version <= version),
  );
  old.exec(`insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
    values (1, 'image', '${'1'.padStart(64, '0')}', 1, 1, 1, 1, 'now')`);
  old.close();

  const db = openDatabase(path);
  expect(db.prepare('select count(*) from item').pluck().get()).toBe(1);
  const store = vocabularyStore(db);
  const id = store.begin('Knots', 'knots.csv', 'now');
  store.addTerms(id, [{ code: 'K1', key: 'a', effective: '', rank: 0, text: 'Blue knot' }]);
  expect(store.find('blue', 5)).toEqual([]);
  const settled = store.settle(id, 0, 10);
  expect(settled).toMatchObject({ concepts: 1, terms: 1 });
  if (settled) store.complete(id, 'Knots', settled);
  expect(store.find('blue', 5)).toMatchObject([{ code: 'K1', display: 'Blue knot' }]);
  const other = store.begin('KNOTS', 'again.csv', 'now');
  store.complete(other, 'KNOTS', { concepts: 0, terms: 0 });
  expect(store.list().map(({ vocabularyId }) => vocabularyId)).toEqual([other]);
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
});

test('a vocabulary of before removals could be taken back is seen, goes out of sight and comes back', () => {
  const path = join(folder, 'archive.db');
  const old = openDatabase(
    path,
    migrations.filter((step) => step.version < 15),
  );
  old.exec(`insert into vocabulary (id, system, file, state, concepts, terms, at)
    values (1, 'Knots', 'k.csv', 'ready', 0, 0, 'then')`);
  old.close();

  const db = openDatabase(path);
  const store = vocabularyStore(db);
  expect(store.list()).toMatchObject([{ vocabularyId: 1, system: 'Knots' }]);
  expect(store.hide(1, 'now')).toBe('Knots');
  expect(store.hide(1, 'now')).toBeNull();
  expect(store.list()).toEqual([]);
  expect(store.unhide(1)).toBe(true);
  expect(store.list()).toHaveLength(1);
  expect(store.leaveHidden(1)).toBe(false);
  db.close();
});
