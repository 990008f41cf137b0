import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRun, rank } from '../../../../main/core/label/run-reader.ts';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';
import { toFloats } from '../../../../main/core/store/vectors.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('a run of the first schema keeps its predictions and is read as it was meant', () => {
  const path = join(folder, 'archive.db');
  const old = openDatabase(
    path,
    migrations.filter(({ version }) => version < 2),
  );
  const panel = JSON.stringify({
    name: 'Old',
    labels: [
      { name: 'a', synonyms: [] },
      { name: 'b', synonyms: [] },
    ],
    templates: ['{label}'],
  });
  const summary = JSON.stringify({
    modelId: 'm',
    logitScale: 10,
    calibrated: false,
    items: 1,
    left: 0,
    tookMs: 1,
    at: 'then',
    first: [],
    truncatedPrompts: 0,
  });
  old.exec(`
    insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
      values (1, 'image', '${'0'.repeat(64)}', 1, 1, 1, 1, 'then');
    insert into model (id, bundle_id, identity, dimensions, preprocessing, added_at) values (1, 'm', 'i', 2, '1', 'then');
    insert into panel_run (id, panel, panel_hash, model_id, summary, at)
      values (1, '${panel}', 'h', 1, '${summary}', 'then');`);
  old
    .prepare('insert into prediction (run_id, item_id, label, probability, scores) values (1, 1, 1, 0.9, ?)')
    .run(Float32Array.of(0.1, 0.3));
  old.close();

  const archive = openArchive(folder, { create: false, now: 'now' });
  const { run, map } = openRun(archive, 1);
  expect(run).toMatchObject({
    scorer: 'words',
    calibrationId: null,
    abstention: { is: 'never' },
    uncertain: 0,
  });
  expect(run.panel.mode).toBe('exclusive');
  const row = archive.runs.prediction(1, 1);
  const [first] = rank(map, toFloats(row?.scores ?? new Uint8Array()));
  expect(first?.label).toBe('b');
  expect(first?.probability).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
  archive.close();
});

test('a saved version cannot be changed', () => {
  const archive = openArchive(folder, { create: true, now: 'now' });
  const hash = 'a'.repeat(64);
  archive.panels.add('P', { hash, wordingHash: hash, content: '{}', reader: 'me', at: 'now' });
  expect(() => archive.db.exec("update panel_version set content = '[]'")).toThrow('never changed');
  archive.close();
});
