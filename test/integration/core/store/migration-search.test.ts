import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type WriteDb } from '../../../../main/core/store/database.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';
import { vectorStore } from '../../../../main/core/store/vectors.ts';
import { vectorChanges } from '../../../../main/core/store/vector-changes.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
  path = join(folder, 'archive.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const before = migrations.filter(({ version }) => version < 5);
const item = (id: number) =>
  `insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
   values (${id}, 'image', '${String(id).padStart(64, '0')}', 1, 1, 1, 1, 'now');
   insert into region (id, item_id, kind, x, y, w, h) values (${id}, ${id}, 'whole', 0, 0, 1, 1);`;

function oldArchive(): void {
  const db = openDatabase(path, before);
  db.exec(`${item(1)} ${item(2)}
    insert into attribute (item_id, name, text) values (1, 'caption', 'A nodule in the left lung');
    insert into attribute (item_id, name, number) values (1, 'age', 61);
    insert into report (item_id, kind, origin, text) values (2, 'report', 'r.csv', 'Unremarkable.');`);
  const vectors = vectorStore(db);
  const model = vectors.ensureModel(
    { bundleId: 'b', identity: 'i', dimensions: 4, preprocessing: '1' },
    'now',
  );
  vectors.add(model, 1, Float32Array.of(0, 1, 0, 0));
  db.close();
}

const words = (db: WriteDb, query: string): unknown[] =>
  db
    .prepare('select w.item_id from words join item_words w on w.id = words.rowid where words match ?')
    .pluck()
    .all(query);

test('an archive of before keeps its data, and its words can be found', () => {
  oldArchive();
  const db = openDatabase(path);
  expect(db.prepare('select count(*) from item').pluck().get()).toBe(2);
  expect(vectorStore(db).count(1)).toBe(1);
  expect(words(db, 'nodule')).toEqual([1]);
  expect(words(db, 'unremarkable')).toEqual([2]);
  db.exec("update report set text = 'An abscess' where item_id = 2");
  expect([words(db, 'unremarkable'), words(db, 'abscess')]).toEqual([[], [2]]);
  db.close();
});

test('words follow attributes that are replaced, changed and deleted, also with their item', () => {
  oldArchive();
  const db = openDatabase(path);
  db.exec("insert or replace into attribute (item_id, name, text) values (1, 'caption', 'An effusion')");
  expect([words(db, 'nodule'), words(db, 'effusion')]).toEqual([[], [1]]);
  db.exec("update attribute set text = 'A mass' where item_id = 1 and name = 'caption'");
  expect([words(db, 'effusion'), words(db, 'mass')]).toEqual([[], [1]]);
  db.exec("insert into attribute (item_id, name, text) values (2, 'caption', 'Mass')");
  db.exec('delete from item where id = 1');
  expect(words(db, 'mass')).toEqual([2]);
  db.exec("insert into words (words) values ('integrity-check')");
  db.close();
});

test('every vector that comes or goes leaves a trace, also with its item', () => {
  oldArchive();
  const db = openDatabase(path);
  const changes = vectorChanges(db, 1);
  const start = changes.last();
  const vectors = vectorStore(db);
  const model = vectors.modelByIdentity('i');
  if (model) vectors.add(model, 2, Float32Array.of(1, 0, 0, 0));
  expect(changes.after(start)).toMatchObject([{ regionId: 2, itemId: 2 }]);
  const then = changes.last();
  db.exec('delete from item where id = 1');
  expect(changes.after(then)).toEqual([{ regionId: 1, itemId: 0, vector: null }]);
  db.close();
});
