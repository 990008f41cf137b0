import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openArchive, type Archive } from '../../../../main/core/store/archive.ts';
import type { NewItem } from '../../../../main/core/store/items.ts';
import { toFloats, vectorReader, type ModelRow } from '../../../../main/core/store/vectors.ts';
import { removeFolder } from '../../../support/core.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-vectors-'));
let archive: Archive;
let one: ModelRow;
let other: ModelRow;
const now = '2026-01-01T00:00:00.000Z';

beforeAll(() => {
  archive = openArchive(join(folder, 'Test.vitrine'), { create: true, now });
  const model = (identity: string, dimensions: number) =>
    archive.vectors.ensureModel({ bundleId: 'm', identity, dimensions, preprocessing: '1' }, now);
  one = model('identity one', 4);
  other = model('identity two', 8);
});
afterAll(() => {
  archive.close();
  removeFolder(folder);
});

let items = 0;
/** An item with one region; returns both ids. */
function item(): { itemId: number; regionId: number } {
  items += 1;
  const blank: NewItem = {
    kind: 'image',
    sha256: String(items).padStart(64, '0'),
    sizeBytes: 1,
    widthPx: 1,
    heightPx: 1,
    frames: 1,
    modality: null,
    bodyPart: null,
    patientKey: null,
    studyKey: null,
    seriesKey: null,
    thumb: null,
    notes: [],
    attributes: [],
    addedAt: now,
  };
  const itemId = archive.items.insert(blank);
  const place = { frame: 0, level: 0, x: 0, y: 0, w: 1, h: 1, preparation: [], windowName: null };
  return { itemId, regionId: archive.items.addRegion(itemId, { kind: 'whole', ...place }) };
}
const unit = (...values: number[]) => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};

describe('what is stored', () => {
  test('the same identity is the same model, whatever its name', () => {
    const again = { bundleId: 'renamed', identity: 'identity one', dimensions: 4, preprocessing: '1' };
    expect(archive.vectors.ensureModel(again, now).id).toBe(one.id);
  });

  test('vectors of two models lie apart: neither finds the other’s', () => {
    const { regionId } = item();
    archive.vectors.add(one, regionId, unit(1, 2, 3, 4));
    expect(vectorReader(archive.db, other.id).one(regionId)).toBeUndefined();
    archive.vectors.add(other, regionId, unit(1, 0, 0, 0, 0, 0, 0, 1));
    const found = vectorReader(archive.db, one.id).one(regionId);
    expect(found && toFloats(found.vector)).toEqual(unit(1, 2, 3, 4));
  });

  test.each([
    ['another length', Float32Array.of(1, 0)],
    ['not of unit length', Float32Array.of(1, 1, 0, 0)],
    ['no direction', new Float32Array(4)],
    ['not a number', Float32Array.of(NaN, 0, 0, 1)],
  ])('refuses a vector with %s, and keeps neither of its two copies', (_what, vector) => {
    const { regionId } = item();
    expect(() => archive.transaction(() => archive.vectors.add(one, regionId, vector))).toThrow(RangeError);
    expect(vectorReader(archive.db, one.id).one(regionId)).toBeUndefined();
  });

  test('an item that is dropped leaves no copy behind', () => {
    const { itemId, regionId } = item();
    archive.vectors.add(one, regionId, unit(4, 3, 2, 1));
    archive.transaction(() => {
      archive.vectors.dropItem(itemId);
      archive.items.clearRegions(itemId);
    });
    expect(vectorReader(archive.db, one.id).one(regionId)).toBeUndefined();
    const copies = archive.db.prepare(`select count(*) from vec_${one.id} where region_id = ?`);
    expect(copies.pluck().get(BigInt(regionId))).toBe(0);
  });
});

describe('tags', () => {
  test('are counted, put once and taken away; items that are not there are passed over', () => {
    const a = item().itemId;
    const b = item().itemId;
    expect(archive.tags.apply([a, b, 99_999], 'margin')).toEqual([a, b]);
    expect(archive.tags.apply([a], 'margin')).toEqual([]);
    expect(archive.tags.list()).toEqual([{ tag: 'margin', items: 2 }]);
    expect(archive.tags.remove([a, b + 1], 'margin')).toEqual([a]);
    expect(archive.tags.list()).toEqual([{ tag: 'margin', items: 1 }]);
  });

  test('more items than SQLite binds values at once', () => {
    const many = Array.from({ length: 70_000 }, (_, index) => index + 1);
    expect(archive.tags.apply(many, 'all')).toHaveLength(archive.items.count());
  });
});
