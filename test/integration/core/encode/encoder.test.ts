import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { createEncoder, type Encoder, type EncoderOptions } from '../../../../main/core/encode/encoder.ts';
import { readNpy } from '../../../../main/core/encode/npy.ts';
import { toTensor } from '../../../../main/core/encode/preprocess.ts';
import { hasShared, shared } from '../../../support/shared.ts';

const tiny = join(import.meta.dirname, '../../../fixtures/models/tiny');
const open: Encoder[] = [];
/** For the tests that leave no trace in it. */
let one: Encoder;

beforeAll(async () => {
  one = await createEncoder({ folder: tiny, threads: 1 });
});
afterAll(() => one.close());

async function encoder(options: Partial<EncoderOptions> = {}): Promise<Encoder> {
  const made = await createEncoder({ folder: tiny, threads: 1, ...options });
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

function rows(vectors: Float32Array, dimensions: number): Float32Array[] {
  return Array.from({ length: vectors.length / dimensions }, (_, row) =>
    vectors.slice(row * dimensions, (row + 1) * dimensions),
  );
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
const pixels = (count: number) =>
  Uint8Array.from({ length: count * 224 * 224 * 3 }, (_, at) => (at * 7919) % 251);
const largest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? NaN))), 0);

describe('a bundle on the processor', () => {
  test('gives unit rows in the order of the pictures, whatever the batch', async () => {
    const all = rows(await one.encodeImages(pixels(5), 5), one.manifest.dimensions);
    expect(all).toHaveLength(5);
    for (const row of all) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
    const last = await one.encodeImages(pixels(5).slice(4 * 224 * 224 * 3), 1);
    expect(largest(last, all[4] as Float32Array)).toBeLessThan(1e-5);
  });

  test('takes the buffer of the pixels instead of copying it', async () => {
    const given = pixels(1);
    await one.encodeImages(given, 1);
    expect(given.byteLength).toBe(0);
  });

  test('leaves a view on a larger buffer alone', async () => {
    const whole = pixels(2);
    await one.encodeImages(whole.subarray(224 * 224 * 3), 1);
    expect(whole.byteLength).toBe(2 * 224 * 224 * 3);
  });

  test('reads shared memory where it is, a part of it too', async () => {
    const whole = pixels(3);
    const common = new Uint8Array(new SharedArrayBuffer(whole.length));
    common.set(whole);
    const [alone, together] = [whole.slice(224 * 224 * 3), common.subarray(224 * 224 * 3)];
    expect(await one.encodeImages(together, 2)).toEqual(await one.encodeImages(alone, 2));
    expect(common).toEqual(whole);
  });

  test('texts together in batches of similar length are what each is alone', async () => {
    const texts = [
      'pneumonia',
      'a',
      'chest x-ray showing pleural effusion',
      'brain MRI',
      'lung '.repeat(60),
      'ab',
    ];
    const together = await one.encodeTexts(texts);
    const other = await encoder();
    for (const [index, row] of rows(together.vectors, 32).entries()) {
      const alone = await other.encodeTexts([texts[index] as string]);
      expect(largest(alone.vectors, row)).toBeLessThan(1e-5);
    }
  });

  test('says how many words of a text were not read', async () => {
    const { truncatedWords, tokens } = await one.encodeTexts(['lung', 'lung '.repeat(300)]);
    expect(truncatedWords[0]).toBe(0);
    expect(truncatedWords[1]).toBeGreaterThan(40);
    expect(tokens[1]).toBeGreaterThan(256);
  });

  test('answers a repeated query from memory, also within a list', async () => {
    const first = await one.encodeTexts(['pneumonia']);
    const again = await one.encodeTexts(['lung', 'pneumonia', 'lung']);
    const [lung, pneumonia, lungAgain] = rows(again.vectors, 32);
    expect(pneumonia).toEqual(first.vectors);
    expect(lungAgain).toEqual(lung);
  });

  test('refuses vectors that are not numbers', async () => {
    const tensors = new Float32Array(3 * 224 * 224).fill(NaN);
    await expect(one.encodeTensors(tensors, 1)).rejects.toMatchObject({
      code: 'model.failed',
      details: { tower: 'image' },
    });
    expect(await one.encodeImages(pixels(1), 1)).toHaveLength(32);
  });

  test('a cancelled import stops, and the next call works', async () => {
    const abort = new AbortController();
    const many = one.encodeImages(pixels(30), 30, abort.signal);
    setTimeout(() => abort.abort(), 20);
    await expect(many).rejects.toMatchObject({ code: 'request.cancelled' });
    expect(await one.encodeImages(pixels(1), 1)).toHaveLength(32);
  });

  test('closed after its calls, it finishes them; closed at once, it cancels what waits', async () => {
    const patient = await encoder();
    const finished = patient.encodeImages(pixels(10), 10);
    await wait(20);
    await patient.close({ afterCalls: true });
    expect(await finished).toHaveLength(320);
    const hasty = await encoder();
    const cancelled = hasty.encodeImages(pixels(30), 30).catch((thrown: unknown) => thrown);
    await wait(20);
    await hasty.close();
    expect(await cancelled).toMatchObject({ code: 'request.cancelled' });
  });

  test('a query during an import does not wait for it', async () => {
    await one.encodeTexts(['warm']);
    const order: string[] = [];
    const importing = one.encodeImages(pixels(30), 30).then(() => order.push('import'));
    await one.encodeTexts(['query during an import']).then(() => order.push('query'));
    await importing;
    expect(order).toEqual(['query', 'import']);
  });

  test('a short list of texts goes before the rest of a long one', async () => {
    const order: string[] = [];
    const reports = Array.from(
      { length: 200 },
      (_, index) => `report ${index} ${'lung '.repeat(index % 90)}`,
    );
    const long = one.encodeTexts(reports).then(() => order.push('reports'));
    await one.encodeTexts(['query beside reports']).then(() => order.push('query'));
    await long;
    expect(order).toEqual(['query', 'reports']);
  });

  test('finds a batch size for pictures and can be told it the next time', async () => {
    const plan = await one.prepareImages();
    expect(plan).toMatchObject({ device: 'cpu', precision: 'fp32', reason: 'Processor, fp32' });
    expect(plan.msPerPicture).toBeGreaterThan(0);
    const again = await encoder({ remembered: plan });
    expect(await again.prepareImages()).toBe(plan);
  });

  test('lists every device with the reason in words', async () => {
    const reports = await one.listDevices();
    expect(reports.map(({ device }) => device)).toEqual(['cuda', 'coreml', 'dml', 'webgpu', 'cpu']);
    expect(reports.find(({ device }) => device === 'cpu')).toMatchObject({
      available: true,
      precision: 'fp32',
    });
    for (const { available, reason } of reports) if (!available) expect(reason.length).toBeGreaterThan(10);
  });
});

describe('what cannot be had', () => {
  test.each([
    [{ precision: 'int8' }, 'model.precision'],
    [{ device: 'abacus' }, 'device.unavailable'],
    [{ folder: '/nowhere/at-all' }, 'model.missing'],
  ] as const)('%o is refused as %s', async (options, code) => {
    await expect(encoder(options)).rejects.toMatchObject({ code });
  });

  test('a graph that was changed on disk', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'bundle-')), 'tiny');
    cpSync(tiny, folder, { recursive: true });
    const graph = join(folder, 'image.fp32.onnx');
    const bytes = readFileSync(graph);
    bytes[100_000] = (bytes[100_000] ?? 0) ^ 1;
    writeFileSync(graph, bytes);
    await expect(encoder({ folder })).rejects.toMatchObject({
      code: 'model.altered',
      details: { file: 'image.fp32.onnx' },
    });
    rmSync(folder, { recursive: true });
  });
});

describe('identity', () => {
  test('is that of the vectors: the preprocessing version changes it, the title does not', async () => {
    const { bundleIdentity } = await import('../../../../main/core/encode/bundle-identity.ts');
    const { manifest, identity } = one;
    const { preprocessing } = manifest;
    expect(identity).toMatch(/^[0-9a-f]{64}$/);
    expect(bundleIdentity({ ...manifest, title: 'another', createdAt: 'later' })).toBe(identity);
    expect(bundleIdentity({ ...manifest, preprocessing: { ...preprocessing, version: 'next' } })).not.toBe(
      identity,
    );
  });
});

describe.skipIf(!hasShared)('against the original stack', () => {
  const reference = (file: string) => shared('reference', 'tiny-biomedclip', file);
  const float = async (file: string) => (await readNpy(reference(file))).data as Float32Array;
  test('pictures, as bytes and as tensors', async () => {
    const { data } = await readNpy(reference('images_u8.npy'));
    const expected = rows(await float('expected_image_norm.npy'), 32);
    const tensors = new Float32Array(data.length);
    const perPicture = 224 * 224 * 3;
    for (let at = 0; at < data.length; at += perPicture) {
      toTensor((data as Uint8Array).slice(at, at + perPicture), one.manifest.preprocessing, tensors, at);
    }
    const fromTensors = rows(await one.encodeTensors(tensors, 12), 32);
    const fromBytes = rows(await one.encodeImages(data as Uint8Array, 12), 32);
    expected.forEach((row, index) => {
      expect(dot(row, fromBytes[index] as Float32Array)).toBeGreaterThan(0.9999999);
      expect(largest(row, fromBytes[index] as Float32Array)).toBeLessThan(1e-5);
      expect(fromTensors[index]).toEqual(fromBytes[index]);
    });
  });

  test('texts, at their true length', async () => {
    const { prompts } = JSON.parse(readFileSync(reference('expected.json'), 'utf8')) as {
      prompts: { text: string }[];
    };
    const expected = rows(await float('expected_text_norm.npy'), 32);
    const { vectors } = await one.encodeTexts(prompts.map(({ text }) => text));
    rows(vectors, 32).forEach((row, index) => {
      expect(largest(row, expected[index] as Float32Array)).toBeLessThan(1e-5);
    });
  });
});
