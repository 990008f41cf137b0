// Long because it is one list of what the converter refuses, each with the damage that leads to it.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { convertCheckpoint } from '../../../../../main/core/encode/convert/convert.ts';
import { createEncoder } from '../../../../../main/core/encode/encoder.ts';
import { verifyBundle } from '../../../../../main/core/encode/verify-bundle.ts';
import {
  smallSize,
  writeRandomCheckpoint,
  writeSmallTokenizer,
} from '../../../../support/random-checkpoint.ts';
import { hasShared, shared } from '../../../../support/shared.ts';

const root = mkdtempSync(join(tmpdir(), 'convert-'));
const checkpoint = join(root, 'checkpoint');
const fixtures = join(import.meta.dirname, '../../../../fixtures/checkpoints');
const fresh = () => mkdtempSync(join(root, 'into-'));

beforeAll(() => {
  const tokenizer = join(root, 'tokenizer.json');
  writeSmallTokenizer(tokenizer);
  writeRandomCheckpoint(checkpoint, smallSize, tokenizer);
});

function changed(change: (folder: string) => void): string {
  const folder = mkdtempSync(join(root, 'changed-'));
  cpSync(checkpoint, folder, { recursive: true });
  change(folder);
  return folder;
}

describe('a small checkpoint', () => {
  test('becomes a bundle that is complete, checked and usable', async () => {
    const into = fresh();
    const stages: string[] = [];
    const made = await convertCheckpoint({
      folder: checkpoint,
      into,
      onProgress: ({ stage, done, total }) => {
        stages.push(stage);
        expect(done).toBeLessThan(total ?? 0);
      },
    });
    expect(made.id).toBe('checkpoint');
    expect(made.precisions).toContain('fp32');
    expect(made.parity.fp32).toMatchObject({ passed: true, against: 'plain forward pass', device: 'cpu' });
    expect(stages[0]).toBe('reading the checkpoint');
    expect(stages.at(-1)).toBe('writing the manifest');
    const { manifest } = await verifyBundle(join(into, 'checkpoint'));
    expect(manifest.sourceFiles.map(({ file }) => file)).toContain('open_clip_model.safetensors');
    expect(manifest.logitScale).toBeCloseTo(Math.exp(2.5), 5);

    const encoder = await createEncoder({ folder: join(into, 'checkpoint'), threads: 1, device: 'cpu' });
    const vectors = await encoder.encodeImages(new Uint8Array(3 * 32 * 32).fill(90), 1);
    expect(Math.hypot(...vectors)).toBeCloseTo(1, 5);
    await encoder.close();
  });

  test('is converted the same way twice, but for the dates', async () => {
    const into = fresh();
    for (const id of ['one', 'two']) await convertCheckpoint({ folder: checkpoint, into, id });
    for (const file of readdirSync(join(into, 'one')).filter((name) => name !== 'bundle.json')) {
      expect(readFileSync(join(into, 'one', file)), file).toEqual(readFileSync(join(into, 'two', file)));
    }
  });

  test('a changed byte in any file of its bundle is noticed before a session is made', async () => {
    const into = fresh();
    await convertCheckpoint({ folder: checkpoint, into, id: 'bundle' });
    const files = readdirSync(join(into, 'bundle')).filter((name) => name !== 'bundle.json');
    expect(files.length).toBeGreaterThanOrEqual(6);
    for (const file of files) {
      const path = join(into, 'bundle', file);
      const whole = readFileSync(path);
      const bytes = Buffer.from(whole);
      const at = Math.floor(bytes.length / 2);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      await expect(createEncoder({ folder: join(into, 'bundle') })).rejects.toMatchObject({
        code: 'model.altered',
        details: { file, model: 'bundle' },
      });
      writeFileSync(path, whole);
    }
    await expect(verifyBundle(join(into, 'bundle'))).resolves.toMatchObject({ files: files.length });
  });

  test('a name that is taken, or cannot be one, is refused and nothing is touched', async () => {
    const into = fresh();
    await convertCheckpoint({ folder: checkpoint, into, id: 'here', precisions: ['fp32'] });
    await expect(convertCheckpoint({ folder: checkpoint, into, id: 'here' })).rejects.toMatchObject({
      code: 'model.exists',
    });
    await expect(convertCheckpoint({ folder: checkpoint, into, id: '../out' })).rejects.toMatchObject({
      code: 'request.invalid',
    });
    expect(readdirSync(into)).toEqual(['here']);
  });

  test.each([0, 2, 3, 5])('cancelled at stage %i, it ends by itself and leaves nothing', async (stage) => {
    const into = fresh();
    const abort = new AbortController();
    const converting = convertCheckpoint({
      folder: checkpoint,
      into,
      signal: abort.signal,
      onProgress: ({ done }) => done === stage && abort.abort(),
    });
    await expect(converting).rejects.toMatchObject({ code: 'request.cancelled' });
    expect(readdirSync(into)).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)('a folder that cannot be written', async () => {
    const into = fresh();
    chmodSync(into, 0o500);
    await expect(convertCheckpoint({ folder: checkpoint, into })).rejects.toMatchObject({
      code: 'model.unwritable',
    });
  });
});

describe('what does not fit', () => {
  const edit = (file: string, change: (json: ReturnType<typeof JSON.parse>) => void) => (folder: string) => {
    const json = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    change(json);
    writeFileSync(join(folder, file), JSON.stringify(json));
  };
  test.each([
    [
      'tokenizer.invalid',
      'no tokenizer',
      (folder: string) => writeFileSync(join(folder, 'tokenizer.json'), '{}'),
    ],
    [
      'tokenizer.invalid',
      'an id without a row in the model',
      edit('tokenizer.json', ({ model }) => (model.vocab['beyond'] = 24)),
    ],
    [
      'checkpoint.config',
      'no configuration',
      (folder: string) => writeFileSync(join(folder, 'open_clip_config.json'), '{}'),
    ],
    [
      'checkpoint.broken',
      'a cut checkpoint',
      (folder: string) => {
        const path = join(folder, 'open_clip_model.safetensors');
        writeFileSync(path, readFileSync(path).subarray(0, -100));
      },
    ],
  ] as const)('%s: %s', async (code, _what, change) => {
    const into = fresh();
    await expect(convertCheckpoint({ folder: changed(change), into })).rejects.toMatchObject({ code });
    expect(readdirSync(into)).toEqual([]);
  });

  test('weights that are not numbers never become a bundle', async () => {
    const into = fresh();
    const folder = changed((made) => {
      const path = join(made, 'open_clip_model.safetensors');
      const bytes = readFileSync(path);
      bytes.writeFloatLE(NaN, bytes.length - 4);
      writeFileSync(path, bytes);
    });
    await expect(convertCheckpoint({ folder, into })).rejects.toMatchObject({ code: 'model.parity' });
    expect(readdirSync(into)).toEqual([]);
  });

  test('a pickle that would run something is refused, named, and leaves no file', async () => {
    const into = fresh();
    for (const [file, what] of [
      ['system.bin', 'global posix system'],
      ['system-legacy.bin', 'global posix system'],
      ['eval.bin', 'global __builtin__ eval'],
    ] as const) {
      const folder = changed((made) => {
        writeFileSync(join(made, 'open_clip_model.safetensors'), '');
        copyFileSync(join(fixtures, file), join(made, 'open_clip_pytorch_model.bin'));
      });
      const files = ['open_clip_pytorch_model.bin'];
      await expect(convertCheckpoint({ folder, into, files })).rejects.toMatchObject({
        code: 'checkpoint.refused',
        details: { file: 'open_clip_pytorch_model.bin', what },
      });
    }
    expect(readdirSync(into)).toEqual([]);
    expect(existsSync('PWNED')).toBe(false);
  });
});

describe.skipIf(!hasShared)('the reference`s hostile files', () => {
  const hostile = shared('reference', 'tiny-biomedclip', 'hostile');
  test.each([
    ['MALICIOUS-os-system-must-be-refused.bin', 'checkpoint.refused', /global (posix|nt) system/],
    ['MALICIOUS-os-system-legacy-must-be-refused.bin', 'checkpoint.refused', /global (posix|nt) system/],
    [
      'BROKEN-view-past-end-of-storage-must-be-refused.bin',
      'checkpoint.broken',
      /past the end of its storage/,
    ],
    ['BROKEN-truncated-zip-must-be-refused.bin', 'checkpoint.broken', /zip/],
  ])('%s', async (file, code, words) => {
    const into = fresh();
    const folder = mkdtempSync(join(root, 'hostile-'));
    const reference = shared('reference', 'tiny-biomedclip');
    for (const name of readdirSync(reference)) {
      if (/\.(json|txt)$/.test(name) && statSync(join(reference, name)).isFile())
        copyFileSync(join(reference, name), join(folder, name));
    }
    copyFileSync(join(hostile, file), join(folder, 'open_clip_pytorch_model.bin'));
    await expect(convertCheckpoint({ folder, into })).rejects.toMatchObject({
      code,
      details: expect.objectContaining({
        [code === 'checkpoint.refused' ? 'what' : 'reason']: expect.stringMatching(words),
      }),
    });
    expect(readdirSync(into)).toEqual([]);
    for (const place of [folder, '.', into]) expect(existsSync(join(place, 'PWNED'))).toBe(false);
  });
});

describe.skipIf(!hasShared)('the golden numbers are a gate', () => {
  test('expected numbers that the model does not give keep it out', async () => {
    const into = fresh();
    const folder = mkdtempSync(join(root, 'golden-'));
    cpSync(shared('reference', 'tiny-biomedclip'), folder, { recursive: true });
    chmodSync(join(folder, 'expected_text_norm.npy'), 0o600);
    const path = join(folder, 'expected_text_norm.npy');
    const bytes = readFileSync(path);
    bytes.writeFloatLE(0.9, bytes.length - 4);
    writeFileSync(path, bytes);
    await expect(convertCheckpoint({ folder, into })).rejects.toMatchObject({
      code: 'model.parity',
      details: expect.objectContaining({ against: expect.stringContaining('expected.json') }),
    });
    expect(readdirSync(into)).toEqual([]);
  });
});
