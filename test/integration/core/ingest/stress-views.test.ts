import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BundleManifest } from '../../../../main/core/encode/bundle.ts';
import { perturbations } from '../../../../main/core/domain/perturbations.ts';
import { stressViews, type StressViewsTask } from '../../../../main/core/ingest/stress-views.ts';
import { makeSlide } from '../../../support/generated-slide.ts';
import { demoPictures } from '../../../support/core.ts';
import { root } from '../../../support/tool.ts';

const text = readFileSync(join(root, 'models/starter/bundle.json'), 'utf8');
const { preprocessing } = BundleManifest.parse(JSON.parse(text));
const bytes = preprocessing.sizePx ** 2 * 3;
const folder = mkdtempSync(join(tmpdir(), 'vitrine-stress-'));
const deep = join(folder, 'deep.png');
const slide = join(folder, 'slide.tif');

beforeAll(async () => {
  const values = Uint16Array.from({ length: 64 * 64 }, (_, at) => (at % 64) * 900);
  const raw = { width: 64, height: 64, channels: 1 } as const;
  await sharp(values, { raw }).toColourspace('grey16').png().toFile(deep);
  await makeSlide(slide, 2048, 2048);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const frame = { is: 'frame', frame: 0, window: null } as const;
async function viewsOf(path: string, place: StressViewsTask['place'] = frame) {
  const found = await stressViews({ path, preprocessing, place, wanted: perturbations });
  if (!found.ok) throw new Error(found.fault.code);
  const view = (at: number) => found.value.pixels.subarray(at * bytes, (at + 1) * bytes);
  return { ...found.value, view, families: new Set(found.value.perturbations.map((id) => id.split('-')[0])) };
}
const mean = (pixels: Uint8Array) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length;

test('a grey DICOM picture in other windows is darker and brighter as the windows say', async () => {
  const { families, perturbations: made, view } = await viewsOf(join(demoPictures, 'ct-chest-nodule-01.dcm'));
  expect([...families]).toEqual(['rotate', 'window', 'blur', 'crop']);
  const of = (id: (typeof perturbations)[number]) => mean(view(1 + made.indexOf(id)));
  expect(of('window-darker')).toBeLessThan(mean(view(0)) - 5);
  expect(of('window-brighter')).toBeGreaterThan(mean(view(0)) + 5);
});

test('a picture of 16 bits that is no DICOM has no window to change', async () => {
  const { families, pixels, perturbations: made } = await viewsOf(deep);
  expect([...families]).toEqual(['rotate', 'blur', 'crop']);
  expect(pixels).toHaveLength((made.length + 1) * bytes);
});

test('a tile of a slide is stained otherwise: less dye is brighter, more is darker', async () => {
  const tile = { x: 512, y: 512, w: 896, h: 896 };
  const { families, perturbations: made, view } = await viewsOf(slide, { is: 'tile', tile });
  expect([...families]).toEqual(['rotate', 'stain', 'blur', 'crop']);
  const of = (id: (typeof perturbations)[number]) => mean(view(1 + made.indexOf(id)));
  expect(of('stain-weak')).toBeGreaterThan(mean(view(0)));
  expect(of('stain-strong')).toBeLessThan(mean(view(0)));
});
