import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';

test('what tables brought before stays, and nobody takes it for what a table of now has said', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
  const old = openDatabase(
    join(folder, 'archive.db'),
    migrations.filter(({ version }) => version < 19),
  );
  old.exec(`insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
      values (1, 'image', '${'1'.repeat(64)}', 1, 1, 1, 1, 'then'), (2, 'image', '${'2'.repeat(64)}', 1, 1, 1, 1, 'then');
    insert into attribute (item_id, name, text, origin) values (1, 'side', 'left', 'labels');`);
  old.close();

  const archive = openArchive(folder, { create: false, now: 'now' });
  const { tables, items } = archive;
  const tableId = tables.begin('here', 'labels');
  expect(tables.begin('here', 'labels')).toBe(tableId);
  expect(tables.begin('there', 'labels')).not.toBe(tableId);
  expect(tables.itemsOf(tableId, 0, 10)).toEqual([]);
  tables.addItem(tableId, 2);
  tables.addItem(tableId, 2);
  tables.addItem(tableId, 1);
  expect([tables.itemsOf(tableId, 0, 10), tables.itemsOf(tableId, 1, 10)]).toEqual([[1, 2], [2]]);
  expect(tables.dropItem(tableId, 2, 'labels')).toBe(false);
  tables.addItem(tables.begin('there', 'labels'), 1);
  expect(tables.dropItem(tableId, 1, 'labels')).toBe(true);
  expect(items.attributesOf(1)).toMatchObject([{ name: 'side', text: 'left', origin: 'labels' }]);
  archive.close();
  rmSync(folder, { recursive: true });
});
