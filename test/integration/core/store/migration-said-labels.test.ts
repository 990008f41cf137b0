import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseFilter } from '../../../../main/core/domain/filter.ts';
import { openRun } from '../../../../main/core/label/run-reader.ts';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';

test.each([1, 6])('runs of schema %i keep their best labels, and are found by them', (version) => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
  try {
    const old = openDatabase(
      join(folder, 'archive.db'),
      migrations.filter((migration) => migration.version <= version),
    );
    const panel = JSON.stringify({
      name: 'Old',
      mode: 'independent',
      labels: [{ name: 'a' }, { name: 'b' }],
      templates: ['{label}'],
    });
    old.exec(`
      insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
        values (1, 'image', '${'0'.repeat(64)}', 1, 1, 1, 1, 'then');
      insert into model (id, bundle_id, identity, dimensions, preprocessing, added_at)
        values (1, 'm', 'i', 2, '1', 'then');
      insert into panel_run (id, panel, panel_hash, model_id, summary, at)
        values (1, '${panel}', 'h', 1, '{"items":1,"logitScale":1,"first":[]}', 'then');`);
    old
      .prepare(
        'insert into prediction (run_id, item_id, label, probability, scores) values (1, 1, 1, 0.9, ?)',
      )
      .run(Float32Array.of(0.1, 0.3, 0.1, 0.3));
    old.close();

    const archive = openArchive(folder, { create: false, now: 'now' });
    expect(openRun(archive, 1).run.panel.name).toBe('Old');
    expect(archive.runs.prediction(1, 1)?.label).toBe(1);
    expect(archive.runs.withLabel(1, 1, 0, 10)).toEqual([[1, 1]]);
    expect(archive.runs.withLabel(1, 0, 0, 10)).toEqual([[1, 0]]);
    expect(archive.items.ids(parseFilter(['label=b']))).toEqual([1]);
    expect(archive.items.ids(parseFilter(['label=a']))).toEqual([]);
    while (archive.runs.dropSome(1));
    expect(archive.runs.get(1)).toBeUndefined();
    archive.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
