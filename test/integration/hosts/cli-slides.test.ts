import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Output } from '../../../preload/contract/methods.ts';
import { runCli } from '../../support/cli.ts';
import { removeFolder } from '../../support/core.ts';
import { makeSlide } from '../../support/generated-slide.ts';
import { safetensorsOf } from '../../support/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-cli-slides-'));
const archive = join(folder, 'Slides.vitrine');
afterAll(() => removeFolder(folder));

const vitrine = (...args: string[]) => runCli(join(folder, 'data'), ...args, '--archive', archive);
async function json<T>(...args: string[]) {
  const { code, stdout } = await vitrine(...args, '--json');
  return { code, document: JSON.parse(stdout) as T };
}

beforeAll(async () => {
  const source = join(folder, 'source');
  mkdirSync(source);
  await makeSlide(join(source, 'slide.tif'), 2000, 1600);
  expect((await vitrine('import', source)).code).toBe(0);
}, 60_000);

test('tiles are read prepared, and compared apart', async () => {
  const before = await vitrine(
    'heatmap',
    '1',
    'tumour cells',
    '--stain',
    'macenko',
    '--out',
    join(folder, 'no.png'),
  );
  expect(before).toMatchObject({ code: 1 });
  expect(before.stderr).toContain('slide.not-embedded');
  const read = await json('embed-slides', '1', '--stain', 'macenko', '--pooling', 'mean');
  expect(read).toMatchObject({ code: 0, document: { stain: 'macenko', pooling: 'mean', notices: [] } });
  const out = (name: string) => join(folder, name);
  for (const stain of ['none', 'macenko'])
    expect(
      (await vitrine('heatmap', '1', 'tumour cells', '--stain', stain, '--out', out(`${stain}.csv`))).code,
    ).toBe(0);
  const [plain, stained] = ['none', 'macenko'].map((stain) =>
    readFileSync(out(`${stain}.csv`), 'utf8').split('\n'),
  );
  expect(stained).toHaveLength(plain?.length ?? 0);
  expect(stained).not.toEqual(plain);
  const { document } = await json<Output<'slide.stains'>>('stains', '--from', '1');
  expect(document.stains.map(({ from, slides }) => [from?.path ?? null, slides])).toEqual([
    [null, 1],
    ['slide.tif', 0],
  ]);
}, 60_000);

test('a difference is drawn in diverging colours', async () => {
  const out = join(folder, 'difference.png');
  expect(
    (await vitrine('heatmap', '1', 'tumour cells', '--minus', 'necrosis', '--stretch', '--out', out)).code,
  ).toBe(0);
  const { data } = await sharp(out).raw().toBuffer({ resolveWithObject: true });
  const colours = new Set<string>();
  for (let at = 0; at < data.length; at += 4)
    if (data[at + 3] !== 0) colours.add(data.subarray(at, at + 3).join());
  // Stretched, the largest difference has the colour of one end, whichever side it is on.
  expect(colours.has('180,74,0') || colours.has('11,79,158')).toBe(true);
  expect(colours).not.toContain('253,231,60');
}, 30_000);

test('robustness is told in numbers, and wrong use is wrong use', async () => {
  const few = ['--tiles', '20', '--draws', '2', '--top', '5'];
  const { code, document } = await json<Output<'slide.jitter'>>('jitter', '1', 'tumour cells', ...few);
  expect(code).toBe(0);
  expect(document).toMatchObject({ sigma: 0.05, top: 5, tiles: 20 });
  expect(document.draws).toHaveLength(2);
  for (const wrong of [
    ['jitter', '1', 'x', '--sigma', '2'],
    ['jitter', '1', 'x', '--sigma', 'much'],
    ['jitter', '1', 'x', '--draws', '51'],
    ['similar-slides', '1', '--pooling', 'median'],
    ['embed-slides', '1', '--mpp', '0'],
    ['embed-slides', '--mpp', '0.5'],
    ['embed-slides', '1', '--folder'],
    ['embed-slides', '1', '--every', '5', '--most', '100'],
    ['similar-slides', '1', '--limit', '501'],
    ['heatmap', '1', 'x', '--out', 'x.png', '--stain', 'blue'],
  ])
    expect((await vitrine(...wrong)).code, wrong.join(' ')).toBe(2);
}, 60_000);

test('weights from a file make slide vectors', async () => {
  const path = join(folder, 'head.safetensors');
  writeFileSync(
    path,
    safetensorsOf({ V: [2, 128], w: [2] }, (at) => Math.cos(at)),
  );
  const made = await json<{ pooling: string; slides: number }>('pool-slides', '--pooling', path);
  expect(made).toMatchObject({ code: 0, document: { slides: 1 } });
  const { pooling } = made.document;
  expect(pooling).toMatch(/^attention-/);
  const similar = await json('similar-slides', '1', '--pooling', pooling);
  expect(similar).toMatchObject({ code: 0, document: { hits: [], of: 0 } });
  const missing = await json('similar-slides', '1', '--pooling', 'mean');
  expect(missing).toMatchObject({ code: 1, document: { fault: { code: 'slide.not-pooled' } } });
  writeFileSync(
    path,
    safetensorsOf({ V: [2, 128], 'fc.weight': [4, 4], w: [2] }, () => 1),
  );
  expect(await json('pool-slides', '--pooling', path)).toMatchObject({
    code: 1,
    document: { fault: { code: 'pooling.unreadable', details: { reason: 'has other layers: fc.weight' } } },
  });
}, 60_000);
