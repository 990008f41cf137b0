import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';

test('an archive of before keeps its reports, and vectors of a report go with a text that changes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
  const path = join(folder, 'archive.db');
  const old = openDatabase(
    path,
    migrations.filter(({ version }) => version < 8),
  );
  old.exec(`insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
      values (1, 'image', '${'0'.repeat(64)}', 1, 1, 1, 1, 'now');
    insert into model (id, bundle_id, identity, dimensions, preprocessing, added_at) values (1, 'b', 'i', 2, '1', 'now');
    insert into report (id, item_id, kind, origin, text) values (1, 1, 'report', 'r.csv', 'Clear lungs.');`);
  old.close();
  const db = openDatabase(path);
  const count = () => db.prepare('select count(*) from report_vector').pluck().get();
  db.exec("insert into report_vector values (1, 1, 0, 0, 12, 0, x'00')");
  db.exec("update report set text = 'Clear lungs.'");
  expect(count()).toBe(1);
  db.exec("update report set text = 'An effusion.'");
  expect(count()).toBe(0);
  expect(db.prepare('select text from report').pluck().get()).toBe('An effusion.');
  db.close();
  rmSync(folder, { recursive: true });
});
