import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { samplingOf, setSampling } from '../../../../main/core/ingest/sampling.ts';
import { buildDicom, textElement, type DicomRecipe } from '../../../support/dicom-builder.ts';
import { importing } from '../../../support/importing.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-sampling-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const { archive, run, parts } = importing();

const ct = [
  textElement(0x00281052, 'DS', '-1024'),
  textElement(0x00281053, 'DS', '1'),
  textElement(0x00180015, 'CS', 'CHEST'),
];
const pixels = (frames: number) =>
  Array.from({ length: frames * 32 * 32 }, (_, at) => ((at * 7) % 1024) + Math.floor(at / 1024) * 90);

function folder(name: string, recipe: Partial<DicomRecipe>): string {
  const place = mkdtempSync(join(root, `${name}-`));
  const frames = recipe.frames ?? 1;
  writeFileSync(
    join(place, 'a.dcm'),
    buildDicom({ columns: 32, rows: 32, pixels: pixels(frames), modality: 'CT', elements: ct, ...recipe }),
  );
  return place;
}

describe('a CT', () => {
  test('is embedded once, in the window of the policy, unless something else was asked for', async () => {
    const a = archive();
    await run(a, [folder('one', {})]);
    expect(a.items.regionsOf(1).map(({ windowName }) => windowName)).toEqual(['mediastinum']);
  });

  test('in several windows has a region and a vector for each', async () => {
    const a = archive();
    setSampling(a, { frames: { most: 3 }, ctWindows: ['lung', 'bone'] });
    await run(a, [folder('several', { frames: 3 })]);
    const regions = a.items.regionsOf(1);
    expect(regions.map(({ frame, windowName }) => [frame, windowName])).toEqual([
      [0, 'lung'],
      [0, 'bone'],
      [1, 'lung'],
      [1, 'bone'],
      [2, 'lung'],
      [2, 'bone'],
    ]);
    expect(regions.every(({ embedded }) => embedded)).toBe(true);
    expect(regions[1]?.preparation).toContain('window bone: centre 400, width 1800');
    const vectors = a.db.prepare('select vector from embedding order by region_id').pluck().all() as Buffer[];
    expect(vectors).toHaveLength(6);
    expect(vectors[0]?.equals(vectors[1] ?? Buffer.alloc(0))).toBe(false);
  });

  test('keeps its windows when another model gives it vectors', async () => {
    const a = archive();
    setSampling(a, { frames: { most: 1 }, ctWindows: ['lung', 'bone'] });
    await run(a, [folder('again', {})]);
    const before = a.db.prepare('select vector from embedding order by region_id').pluck().all() as Buffer[];
    const { model } = parts(a);
    for (const region of a.items.regionsOf(1))
      a.db.prepare('delete from embedding where region_id = ?').run(region.id);
    expect(a.vectors.count(model.row.id)).toBe(0);
    // A second import of the same folder ends with what is missing.
    setSampling(a, { frames: { most: 1 }, ctWindows: [] });
    a.db.exec(`delete from vec_${model.row.id}`);
    await run(a, [root]);
    const after = a.db
      .prepare('select vector from embedding where region_id in (1, 2) order by region_id')
      .pluck()
      .all() as Buffer[];
    expect(after.map((vector, at) => vector.equals(before[at] ?? Buffer.alloc(0)))).toEqual([true, true]);
  });
});

test('presets are for Hounsfield units: an MR with the same setting has its own window', async () => {
  const a = archive();
  setSampling(a, { frames: { most: 5 }, ctWindows: ['lung', 'bone'] });
  await run(a, [folder('mr', { modality: 'MR', elements: [] })]);
  expect(a.items.regionsOf(1).map(({ windowName }) => windowName)).toEqual(['percentile-1-99']);
});

test.each([
  [{ frames: { most: 1 }, ctWindows: [] }, [10]],
  [{ frames: { most: 3 }, ctWindows: [] }, [0, 10, 20]],
  [{ frames: { most: 100, every: 5 }, ctWindows: [] }, [0, 5, 10, 15, 20]],
  [{ frames: { most: 3, choose: 'middle' as const }, ctWindows: [] }, [9, 10, 11]],
])('frames by %j', async (sampling, frames) => {
  const a = archive();
  setSampling(a, sampling);
  expect(samplingOf(a)).toEqual(sampling);
  await run(a, [folder('frames', { frames: 21 })]);
  expect(a.items.regionsOf(1).map(({ frame }) => frame)).toEqual(frames);
});

test('a setting that means nothing is refused', () => {
  expect(() => setSampling(archive(), { frames: { most: 0 }, ctWindows: [] })).toThrow();
  expect(() => setSampling(archive(), { frames: { most: 1 }, ctWindows: ['nose'] })).toThrow();
});
