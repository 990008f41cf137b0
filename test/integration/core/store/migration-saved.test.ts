import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';

test('an archive of before keeps its items and tags, and takes saved searches and steps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
  const sha256 = '0'.repeat(64);
  const old = openDatabase(
    join(folder, 'archive.db'),
    migrations.filter(({ version }) => version < 13),
  );
  old.exec(`insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
      values (1, 'image', '${sha256}', 1, 1, 1, 1, 'then');
    insert into tag (item_id, tag) values (1, 'odd');
    insert into model (id, bundle_id, identity, dimensions, preprocessing, added_at) values (1, 'b', 'i', 1, '1', 'then');`);
  old.close();

  const archive = openArchive(folder, { create: false, now: 'now' });
  expect(archive.tags.list()).toEqual([{ tag: 'odd', items: 1 }]);
  const id = archive.saved.add('S', '{}', 'now');
  const result = {
    ...{ modelId: 1, at: 'now', generation: 0, lastRegion: 0, dictionary: '1+0', formula: 'q', total: 1 },
    ...{ vector: new Uint8Array(4), standOut: 1, line: 3, drawn: 'plain' as const, median: 0, spread: 1 },
  };
  const hit = { sha256, itemId: 1, similarity: 1, lift: 9 };
  const resultId = archive.saved.addResult(id, result, [hit, { ...hit, sha256: '1'.repeat(64), itemId: 99 }]);
  // One that has gone is known by its content alone, whether before or after it was kept.
  expect(archive.saved.hits(resultId).map(({ itemId }) => itemId)).toEqual([1, null]);
  archive.db.exec('delete from item');
  expect(archive.saved.hits(resultId)).toMatchObject([{ sha256, itemId: null }, { itemId: null }]);
  const step = archive.undo.add({ kind: 'tags', name: 'n', payload: '{}' }, 'now');
  expect(archive.undo.last()).toMatchObject({ id: step.id, name: 'n' });
  archive.close();
  rmSync(folder, { recursive: true });
});
