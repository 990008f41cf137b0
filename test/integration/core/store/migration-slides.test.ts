import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { openDatabase } from '../../../../main/core/store/database.ts';
import { house } from '../../../../main/core/store/migrations/0001-house.ts';
import { slides } from '../../../../main/core/store/migrations/0004-slides.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('an archive of the first version keeps its jobs and their failures, and takes slides', () => {
  const path = join(folder, 'archive.db');
  const old = openDatabase(path, [house]);
  old.exec(`
    insert into source (id, root, added_at) values (1, '/s', 'then');
    insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
      values (1, 'slide', '${'a'.repeat(64)}', 1, 100, 100, 1, 'then');
    insert into job (id, kind, title, state, request, progress, started_at) values (7, 'import', 's', 'done', '{}', '{}', 'then');
    insert into failure (id, job_id, source_id, path, state, code) values (3, 7, 1, 'x', 'failed', 'file.empty');
  `);
  expect(() =>
    old.exec(
      "insert into job (kind, title, state, request, progress, started_at) values ('slide-embed', 's', 'done', '{}', '{}', 'now')",
    ),
  ).toThrow();
  old.close();

  const db = openDatabase(path, [house, slides]);
  expect(db.prepare('select id, kind from job').all()).toEqual([{ id: 7, kind: 'import' }]);
  expect(db.prepare('select id, job_id, code from failure').all()).toEqual([
    { id: 3, job_id: 7, code: 'file.empty' },
  ]);
  db.exec(
    "insert into job (kind, title, state, request, progress, started_at) values ('slide-embed', 's', 'done', '{}', '{}', 'now')",
  );
  // The failures still go with their job.
  db.exec('delete from job where id = 7');
  expect(db.prepare('select count(*) as n from failure').get()).toEqual({ n: 0 });
  db.exec("insert into slide (item_id, vendor, levels) values (1, 'aperio', '[]')");
  expect(() => db.exec('update slide set mpp_x = 0.5')).toThrow();
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
});
