import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';

test('evaluations of before are still listed; one that is removed goes out of sight, comes back, or goes for good', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
  const old = openDatabase(
    join(folder, 'archive.db'),
    migrations.filter(({ version }) => version < 17),
  );
  old.exec(`insert into model (id, bundle_id, identity, dimensions, preprocessing, added_at) values (1, 'b', 'i', 1, '1', 'then');
    insert into evaluation (id, kind, name, truth_hash, model_id, generation, settings, figures, queries, at)
      values (1, 'truth', 'n', '${'0'.repeat(64)}', 1, 0, '{}', '{}', '{}', 'then');`);
  old.close();

  const archive = openArchive(folder, { create: false, now: 'now' });
  const { evaluations } = archive;
  const seen = () => [evaluations.list().length, evaluations.get(1)?.name];
  expect(seen()).toEqual([1, 'n']);
  evaluations.purge(1);
  expect(evaluations.remove(1, 'now')).toBe(true);
  expect(evaluations.remove(1, 'now')).toBe(false);
  expect(seen()).toEqual([0, undefined]);
  expect([evaluations.restore(1), evaluations.restore(1)]).toEqual([true, false]);
  expect(seen()).toEqual([1, 'n']);
  evaluations.remove(1, 'now');
  evaluations.purge(1);
  expect(evaluations.restore(1)).toBe(false);
  archive.close();
  rmSync(folder, { recursive: true });
});
