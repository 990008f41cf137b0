import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { openCheckpoint } from '../../../../../main/core/encode/convert/checkpoint.ts';
import { readTensor } from '../../../../../main/core/encode/convert/tensor.ts';

/** Written by torch itself; `make.py` there says how. */
const fixtures = join(import.meta.dirname, '../../../../fixtures/checkpoints');

const base = Float32Array.from({ length: 24 }, (_, index) => index / 8 - 1);
/** [rows, columns] read column by column. */
const turned = (rows: number, columns: number): number[] =>
  Array.from({ length: columns }, (_, column) =>
    Array.from({ length: rows }, (_row, row) => base[row * columns + column] as number),
  ).flat();

const expected: Readonly<Record<string, { shape: number[]; values: readonly number[] }>> = {
  plain: { shape: [2, 3, 4], values: [...base] },
  transposed: { shape: [6, 4], values: turned(4, 6) },
  tail: { shape: [4], values: [...base.slice(20)] },
  'every second': { shape: [12], values: [...base].filter((_, index) => index % 2 === 1) },
  scalar: { shape: [], values: [2.5] },
  long: { shape: [1, 5], values: [0, 1, 2, 3, 4] },
  flags: { shape: [3], values: [1, 0, 1] },
  parameter: { shape: [3], values: [...base.slice(0, 3)] },
  double: { shape: [4], values: [...base.slice(0, 4)] },
  bytes: { shape: [4], values: [0, 1, 2, 3] },
};

async function read(folder: string, name: string) {
  const checkpoint = await openCheckpoint(folder, name);
  try {
    const tensors = [...checkpoint.tensors].map(([key, tensor]) => {
      return [key, { shape: [...tensor.shape], values: [...readTensor(tensor)] }] as const;
    });
    return Object.fromEntries(tensors);
  } finally {
    checkpoint.close();
  }
}

describe('what torch writes', () => {
  test.each([
    ['zip.bin', 'the format since 1.6'],
    ['legacy.bin', 'the format before it'],
    ['protocol-4.bin', 'a newer pickle'],
    ['wrapped.pt', 'a training state around it, module. before the names'],
  ])('%s: %s', async (name) => {
    expect(await read(fixtures, name)).toEqual(expected);
  });

  test('half precision and bfloat16, also as a view', async () => {
    expect(await read(fixtures, 'narrow.bin')).toEqual({
      half: { shape: [24], values: [...base] },
      bfloat: { shape: [24], values: [...base] },
      'half view': { shape: [4, 6], values: turned(6, 4) },
    });
  });
});

describe('what is refused', () => {
  test.each([
    ['system.bin', 'global posix system'],
    ['system-legacy.bin', 'global posix system'],
    ['eval.bin', 'global __builtin__ eval'],
    ['module.bin', 'global torch.nn.modules.linear Linear'],
  ])('%s names %s', async (file, what) => {
    await expect(openCheckpoint(fixtures, file)).rejects.toMatchObject({
      code: 'checkpoint.refused',
      details: { file, what },
    });
  });
});

describe('what is damaged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'torch-files-'));

  test.each(['zip.bin', 'legacy.bin'])('%s, cut anywhere, is broken and never half read', async (name) => {
    const whole = readFileSync(join(fixtures, name));
    for (let length = 0; length < whole.length; length += 61) {
      writeFileSync(join(folder, name), whole.subarray(0, length));
      await expect(openCheckpoint(folder, name), `${length} bytes`).rejects.toMatchObject({
        code: expect.stringMatching(/^checkpoint\.(broken|refused)$/),
      });
    }
  });

  test.each([
    ['legacy.bin', 3],
    ['zip.bin', 11],
  ])('%s with any one byte changed is read, broken or refused, but no defect', async (name, step) => {
    const whole = readFileSync(join(fixtures, name));
    for (let at = 0; at < whole.length; at += step) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x41;
      writeFileSync(join(folder, 'flipped.bin'), bytes);
      const outcome = await read(folder, 'flipped.bin').then(
        () => 'read',
        (thrown: { code?: string }) => thrown.code ?? String(thrown),
      );
      expect(['read', 'checkpoint.broken', 'checkpoint.refused'], `byte ${at}`).toContain(outcome);
    }
  });

  test('a view past the end of its storage', async () => {
    const bytes = readFileSync(join(fixtures, 'legacy.bin'));
    // (2, 3, 4) with strides (12, 4, 1): one more row than there is.
    const shape = Buffer.from([0x4b, 2, 0x4b, 3, 0x4b, 4, 0x87]);
    const at = bytes.indexOf(shape);
    expect(at).toBeGreaterThan(0);
    bytes[at + 1] = 3;
    writeFileSync(join(folder, 'view.bin'), bytes);
    await expect(openCheckpoint(folder, 'view.bin')).rejects.toMatchObject({
      code: 'checkpoint.broken',
      details: { reason: 'view reaches past the end of its storage' },
    });
  });

  test('a storage with fewer numbers than the pickle says', async () => {
    const bytes = readFileSync(join(fixtures, 'zip.bin'));
    // The last part of the first storage's id: its count, 24.
    const at = bytes.indexOf(Buffer.from([0x4b, 24, 0x74]));
    expect(at).toBeGreaterThan(0);
    bytes[at + 1] = 25;
    writeFileSync(join(folder, 'short.bin'), bytes);
    await expect(openCheckpoint(folder, 'short.bin')).rejects.toMatchObject({
      code: 'checkpoint.broken',
      details: { reason: 'a storage is missing or short' },
    });
  });

  test('a pickle without a tensor', async () => {
    const protocol = Buffer.from([0x80, 2]);
    const parts = ['8a0a6cfc9c46f9206aa85019', '4de903', '7d', '7d', '5d'];
    const pickles = parts.map((hex) => Buffer.concat([protocol, Buffer.from(`${hex}2e`, 'hex')]));
    writeFileSync(join(folder, 'empty.bin'), Buffer.concat(pickles));
    await expect(openCheckpoint(folder, 'empty.bin')).rejects.toMatchObject({
      code: 'checkpoint.broken',
      details: { reason: 'holds no tensors' },
    });
  });

  test('a file that is not there', async () => {
    copyFileSync(join(fixtures, 'zip.bin'), join(folder, 'there.bin'));
    await expect(openCheckpoint(folder, 'elsewhere.bin')).rejects.toMatchObject({
      code: 'checkpoint.missing',
    });
  });
});
