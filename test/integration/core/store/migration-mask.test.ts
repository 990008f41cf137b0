import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';

import { openArchive } from '../../../../main/core/store/archive.ts';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';

test('a mask of before is made again, the slide keeps what was said of it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
  const old = openDatabase(
    join(folder, 'archive.db'),
    migrations.filter(({ version }) => version < 16),
  );
  old.exec(`insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
    values (1, 'slide', '${'a'.repeat(64)}', 1, 100, 100, 1, 'then')`);
  old
    .prepare(
      `insert into slide (item_id, vendor, mpp_x, mpp_y, mpp_from, levels, mask, mask_width, mask_height, mask_threshold)
       values (1, 'aperio', 0.5, 0.5, 'user', '[]', ?, 2, 1, 10)`,
    )
    .run(deflateRawSync(Uint8Array.of(1, 2)));
  old.close();

  const archive = openArchive(folder, { create: false, now: 'now' });
  expect(archive.slides.mask(1)).toBeNull();
  expect(archive.slides.get(1)).toMatchObject({ vendor: 'aperio', mppX: 0.5, mppFrom: 'user' });
  const made = { width: 2, height: 1, threshold: 12, classes: Uint8Array.of(0, 1), field: 'bright' as const };
  archive.slides.setMask(1, made);
  expect(archive.slides.mask(1)).toMatchObject({ threshold: 12, classes: Uint8Array.of(0, 1) });
  // As one that a later version made looks to this one.
  archive.db.exec('update slide set mask_version = mask_version + 1');
  expect(archive.slides.mask(1)).toBeNull();
  archive.close();
  rmSync(folder, { recursive: true });
});
