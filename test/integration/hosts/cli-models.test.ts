import { copyFileSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readNpy } from '../../../main/core/encode/npy.ts';
import { runtimeVersion } from '../../../main/core/encode/cuda-libraries.ts';
import { runCli } from '../../support/cli.ts';
import { demoPictures, removeFolder } from '../../support/core.ts';
import { smallSize, writeRandomCheckpoint, writeSmallTokenizer } from '../../support/random-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-cli-models-'));
const data = join(folder, 'data');
const checkpoint = join(folder, 'checkpoint');
const fixtures = join(import.meta.dirname, '../../fixtures/checkpoints');

async function json(...args: string[]) {
  const { code, stdout, stderr } = await runCli(data, ...args, '--json');
  expect(stdout.trim().split('\n'), stderr).toHaveLength(1);
  return { code, stderr, document: JSON.parse(stdout) as Record<string, unknown> };
}

beforeAll(async () => {
  const tokenizer = join(folder, 'tokenizer.json');
  writeSmallTokenizer(tokenizer);
  writeRandomCheckpoint(checkpoint, smallSize, tokenizer);
  const { code, document } = await json('models', 'import', checkpoint, '--id', 'small');
  expect(code).toBe(0);
  expect(document).toMatchObject({
    id: 'small',
    precisions: expect.arrayContaining(['fp32']) as string[],
    parity: {
      fp32: { imageCosine: expect.closeTo(1, 6) as number, textCosine: expect.closeTo(1, 6) as number },
    },
    seconds: expect.any(Number) as number,
  });
}, 60_000);
afterAll(() => removeFolder(folder));

test('models list, verify and bench name what was imported', async () => {
  const { document } = await json('models', 'list');
  expect(document).toMatchObject({
    models: [{ id: 'starter' }, { id: 'small', dimensions: 8, fault: null }],
  });
  expect((await json('models', 'verify', 'small')).document).toMatchObject({ id: 'small' });
  const { lines } = (await json('models', 'bench', 'small')).document as {
    lines: { what: string; precision: string; perSecond: number }[];
  };
  expect(lines.map(({ what, precision }) => `${what} ${precision}`)).toEqual(
    expect.arrayContaining(['images fp32', 'texts fp32']),
  );
  for (const { perSecond } of lines) expect(perSecond).toBeGreaterThan(0);
});

test('a second import under the same name is a fault', async () => {
  const { code, document } = await json('models', 'import', checkpoint, '--id', 'small');
  expect([code, document]).toMatchObject([1, { fault: { code: 'model.exists' } }]);
});

test('one file of a folder with several can be chosen', async () => {
  const file = join(folder, 'several', 'open_clip_model.safetensors');
  writeRandomCheckpoint(join(folder, 'several'), smallSize, join(folder, 'tokenizer.json'));
  writeFileSync(join(folder, 'several', 'model.safetensors'), 'not this one');
  const { document } = await json('models', 'import', file, '--id', 'chosen');
  expect(document).toMatchObject({ id: 'chosen', parity: { fp32: { passed: true } } });
  expect((await json('models', 'import', join(folder, 'several'))).document).toMatchObject({
    fault: { code: 'checkpoint.broken', details: { file: 'model.safetensors' } },
  });
  removeFolder(join(data, 'models', 'chosen'));
});

test('a hostile pickle is refused by name, and nothing runs', async () => {
  const hostile = join(folder, 'hostile');
  const work = mkdtempSync(join(folder, 'work-'));
  writeRandomCheckpoint(hostile, smallSize, join(folder, 'tokenizer.json'));
  removeFolder(join(hostile, 'open_clip_model.safetensors'));
  copyFileSync(join(fixtures, 'system.bin'), join(hostile, 'open_clip_pytorch_model.bin'));
  const { code, document } = await json('models', 'import', hostile);
  expect(code).toBe(1);
  expect(document).toMatchObject({
    fault: { code: 'checkpoint.refused', details: { what: 'global posix system' } },
  });
  for (const place of [work, hostile, process.cwd()]) expect(existsSync(join(place, 'PWNED'))).toBe(false);
  expect(readdirSync(join(data, 'models'))).toEqual(['small']);
});

describe('encode', () => {
  const out = join(folder, 'out.npy');

  test('several pictures after one option, in their order', async () => {
    const paths = ['fundus-01.jpg', 'chart-01.png'].map((name) => join(demoPictures, name));
    const { document } = await json('encode', '--model', 'small', '--images', ...paths, '--out', out);
    expect(document).toMatchObject({ rows: 2, dimensions: 8, device: 'cpu' });
    const both = (await readNpy(out)).data;
    await json('encode', '--model', 'small', '--images', paths[1] ?? '', '--out', out);
    expect([...(await readNpy(out)).data]).toEqual([...both.slice(8)]);
  });

  test('a text that is too long is read in part, and that is said', async () => {
    const texts = join(folder, 'texts.jsonl');
    writeFileSync(texts, `"a"\n${JSON.stringify('a '.repeat(40))}\n`);
    const { code, document, stderr } = await json(
      'encode',
      '--model',
      'small',
      '--texts',
      texts,
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect(document['truncatedWords']).toEqual([0, 26]);
    expect(stderr).toContain('text 2: the last 26 words were not read');
  });

  test.each([
    ['model.precision', ['--precision', 'fp16', '--model', 'starter', '--texts', 'TEXTS']],
    ['device.unavailable', ['--device', 'abacus', '--model', 'small', '--texts', 'TEXTS']],
    ['file.missing', ['--model', 'small', '--tensors', join(folder, 'none.npy')]],
    ['request.invalid', ['--model', 'small']],
  ])('%s', async (code, args) => {
    const texts = join(folder, 'one.jsonl');
    writeFileSync(texts, '"a"\n');
    const given = args.map((one) => (one === 'TEXTS' ? texts : one));
    expect(await json('encode', ...given, '--out', out)).toMatchObject({
      code: 1,
      document: { fault: { code } },
    });
  });
});

describe('device', () => {
  test('list gives a reason for each', async () => {
    const { devices } = (await json('device', 'list')).document as {
      devices: { id: string; available: boolean; reason: string }[];
    };
    expect(devices.map(({ id }) => id)).toEqual(['cuda', 'coreml', 'dml', 'webgpu', 'cpu']);
    for (const { reason } of devices) expect(reason.length).toBeGreaterThan(10);
  });

  test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
    'add-cuda takes a package folder and says what the machine still lacks',
    async () => {
      const release = mkdtempSync(join(folder, 'cuda-'));
      writeFileSync(join(release, 'VERSION_NUMBER'), `${runtimeVersion}\n`);
      for (const name of ['shared', 'cuda'])
        writeFileSync(join(release, `libonnxruntime_providers_${name}.so`), name);
      const { code, document } = await json('device', 'add-cuda', release);
      expect(code).toBe(0);
      expect(document).toMatchObject({ version: runtimeVersion, missing: expect.any(Array) as string[] });
      writeFileSync(join(release, 'VERSION_NUMBER'), '1.2.3\n');
      expect((await json('device', 'add-cuda', release)).document).toMatchObject({
        fault: {
          code: 'device.unavailable',
          details: { reason: expect.stringContaining('1.2.3') as string },
        },
      });
    },
  );
});
