import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEncoder, type Encoder } from '../../../main/core/encode/encoder.ts';
import { preprocess } from '../../../main/core/encode/preprocess.ts';
import { verifyBundle } from '../../../main/core/encode/verify-bundle.ts';
import { openFile } from '../../../main/core/imaging/open-file.ts';
import { judgeIdentity } from '../../../main/core/privacy/judge-identity.ts';

const folder = join(import.meta.dirname, '../../../models/starter');
const demo = join(import.meta.dirname, '../../../main/core/ingest/demo');
const pictures = readdirSync(demo).filter((name) => !/\.(csv|md)$/.test(name));

test('the starter bundle is whole, small, and says what it is', async () => {
  const { manifest, files } = await verifyBundle(folder);
  expect(manifest.notice).toBe(
    'Starter model, trained on generated pictures: for trying the program, not for research',
  );
  expect(manifest.title).toBe('Starter');
  expect(files).toBe(5);
  for (const precision of Object.values(manifest.precisions)) expect(precision.parity?.passed).toBe(true);
  const sizes = Object.values(manifest.precisions).flatMap(({ image, text }) => [
    image.sizeBytes,
    text.sizeBytes,
  ]);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(12_000_000);
});

test('captions.csv names every demo picture once, and its label', () => {
  const [head, ...lines] = readFileSync(join(demo, 'captions.csv'), 'utf8').trimEnd().split('\n');
  expect(head).toBe('file,caption,label');
  expect(lines.map((line) => line.split(',')[0]).toSorted()).toEqual(pictures.toSorted());
  for (const line of lines) expect(line.startsWith(String(line.split(',').at(-1)))).toBe(true);
});

describe('searching the demo pictures with the starter bundle', () => {
  let encoder: Encoder;
  let vectors: Float32Array;

  beforeAll(async () => {
    encoder = await createEncoder({ folder, precision: 'fp32', device: 'cpu' });
    const { preprocessing } = encoder.manifest;
    const each = preprocessing.sizePx ** 2 * 3;
    const pixels = new Uint8Array(pictures.length * each);
    for (const [at, name] of pictures.entries()) {
      const opened = await openFile(join(demo, name));
      expect(judgeIdentity(opened.evidence)).toEqual({ verdict: 'clear', findings: [] });
      const picture = { ...(await opened.picture()), channels: 3 } as const;
      pixels.set(preprocess(picture, preprocessing), at * each);
    }
    vectors = await encoder.encodeImages(pixels, pictures.length);
  });
  afterAll(() => encoder.close());

  test.each([
    ['glands', 'histology-glands', 2],
    ['lymphocytes', 'histology-lymphocytes', 2],
    ['necrotic tissue', 'histology-necrosis', 2],
    ['tumour cells', 'histology-tumour', 3],
    ['fibrous stroma', 'histology-stroma', 2],
    ['lung nodule', 'ct-chest-nodule', 2],
    ['pleural effusion', 'ct-chest-effusion', 1],
    ['intracranial haemorrhage', 'ct-head-haemorrhage', 2],
    ['liver and kidneys', 'ct-abdomen', 2],
    ['pacemaker', 'xray-chest-pacemaker', 2],
    ['lateral chest x-ray', 'xray-chest-lateral', 1],
    ['bone fracture', 'xray-bone', 3],
    ['fundus photograph', 'fundus', 2],
    ['skin lesion', 'dermoscopy', 2],
    ['bar chart', 'chart', 2],
    ['empty frame', 'blank', 1],
  ])('%s finds %s first', async (query, label, count) => {
    const { dimensions } = encoder.manifest;
    const { vectors: asked } = await encoder.encodeTexts([query]);
    const cosine = (row: number): number =>
      asked.reduce((sum, value, at) => sum + value * (vectors[row * dimensions + at] ?? 0), 0);
    const ranked = pictures
      .map((name, row) => ({ name, score: cosine(row) }))
      .sort((a, b) => b.score - a.score);
    const found = ranked.slice(0, count).map(({ name }) => name);
    expect(found.filter((name) => !name.startsWith(label))).toEqual([]);
  });
});
