import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { referenceStain } from '../../../../main/core/domain/stain.ts';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';

test('an archive of schema 11 keeps its tiles and their grid, and takes further preparations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
  try {
    const old = openDatabase(
      join(folder, 'archive.db'),
      migrations.filter(({ version }) => version <= 11),
    );
    old.exec(`
      insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
        values (1, 'slide', '${'a'.repeat(64)}', 1, 900, 900, 1, 'then');
      insert into slide (item_id, vendor, levels) values (1, 'tiff', '[]');
      insert into region (id, item_id, kind, frame, level, x, y, w, h, preparation)
        values (5, 1, 'tile', 0, 0, 0, 0, 448, 448, '[]');
      insert into model (id, bundle_id, identity, dimensions, preprocessing, added_at)
        values (1, 'm', 'base', 2, '1', 'then');
      insert into slide_grid (item_id, model_id, mpp, tile_px, budget, tissue_tiles, tiles, state, at)
        values (1, 1, 0.5, 224, '{}', 1, 1, 'done', 'then');`);
    old.close();

    const archive = openArchive(folder, { create: false, now: 'now' });
    expect(archive.slides.grids(1, 1)).toMatchObject([{ mpp: 0.5, tiles: 1, state: 'done' }]);
    const base = archive.vectors.modelByIdentity('base');
    if (!base) throw new Error('the model is gone');
    const variant = { stain: 'macenko', pooling: 'contrast', identity: 'other', preprocessing: '1, stained' };
    const stained = archive.preparations.ensureVariant(base, variant, 'now');
    expect(stained).toMatchObject({ bundleId: 'm', dimensions: 2, identity: 'other' });
    expect(archive.preparations.ensureVariant(base, variant, 'later').id).toBe(stained.id);
    expect(archive.preparations.variants(1)).toEqual([
      { modelId: stained.id, stain: 'macenko', pooling: 'contrast' },
    ]);
    // Its vectors lie apart from those of the plain tiles.
    archive.vectors.add(stained, 5, Float32Array.of(1, 0), 1);
    expect([archive.vectors.count(1), archive.vectors.count(stained.id)]).toEqual([0, 1]);
    expect(archive.slides.grids(1, stained.id)).toEqual([]);
    // The plain preparation is the model itself, never a second one.
    expect(() =>
      archive.preparations.ensureVariant(base, { ...variant, stain: 'none', identity: 'third' }, 'now'),
    ).toThrow();

    archive.preparations.setDyes(1, 'by this', referenceStain);
    expect(archive.preparations.dyesOf(1, 'by this')).toEqual(referenceStain);
    expect(archive.preparations.dyesOf(1, 'by that')).toBeNull();
    // What was found in other content says nothing of this one.
    archive.db.exec(`update item set sha256 = '${'b'.repeat(64)}' where id = 1`);
    expect(archive.preparations.dyesOf(1, 'by this')).toBeNull();
    archive.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
