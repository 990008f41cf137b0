import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { chooseCheckpoint, openCheckpoint } from '../../../../../main/core/encode/convert/checkpoint.ts';
import { readTensor } from '../../../../../main/core/encode/convert/tensor.ts';
import { floatEntry, writeSafetensors, type TensorEntry } from '../../../../support/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));

const entry = (name: string, dtype: string, shape: number[], view: ArrayBufferView): TensorEntry => {
  const bytes = new Uint8Array(view.buffer as ArrayBuffer);
  return { name, dtype, shape, sizeBytes: bytes.length, bytes: () => bytes };
};

async function read(name: string): Promise<Record<string, readonly number[]>> {
  const checkpoint = await openCheckpoint(folder, name);
  const values = [...checkpoint.tensors].map(([key, tensor]) => [key, [...readTensor(tensor)]] as const);
  checkpoint.close();
  return Object.fromEntries(values);
}

test('reads every kind of number', async () => {
  writeSafetensors(join(folder, 'model.safetensors'), [
    floatEntry('a', [2, 2], () => Float32Array.of(1, -2, 3.5, 0)),
    entry('b', 'F64', [1], Float64Array.of(0.25)),
    entry('c', 'F16', [2], Float16Array.of(-1.5, 65_504)),
    entry('d', 'BF16', [1], Uint16Array.of(0x4049)),
    entry('e', 'I64', [2], BigInt64Array.of(-5n, 7n)),
    entry('f', 'I32', [1], Int32Array.of(-9)),
    entry('g', 'U8', [3], Uint8Array.of(0, 128, 255)),
    floatEntry('empty', [0, 4], () => new Float32Array(0)),
    floatEntry('module.scalar', [], () => Float32Array.of(2)),
  ]);
  expect(await read('model.safetensors')).toEqual({
    a: [1, -2, 3.5, 0],
    b: [0.25],
    c: [-1.5, 65_504],
    d: [3.140625],
    e: [-5, 7],
    f: [-9],
    g: [0, 128, 255],
    empty: [],
    'module.scalar': [2],
  });
});

test('puts the shards of an index together', async () => {
  writeSafetensors(join(folder, 'part-1.safetensors'), [floatEntry('a', [1], () => Float32Array.of(1))]);
  writeSafetensors(join(folder, 'part-2.safetensors'), [floatEntry('b', [1], () => Float32Array.of(2))]);
  const weight_map = { a: 'part-1.safetensors', b: 'part-2.safetensors' };
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
  expect(await read('model.safetensors.index.json')).toEqual({ a: [1], b: [2] });
});

test('an index that points out of its folder is broken', async () => {
  const weight_map = { a: '../part-1.safetensors' };
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
  await expect(openCheckpoint(folder, 'model.safetensors.index.json')).rejects.toMatchObject({
    code: 'checkpoint.broken',
  });
});

const withHeader = (json: string, data: number): Buffer => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, Buffer.from(json), Buffer.alloc(data)]);
};
const one = (fields: object) =>
  JSON.stringify({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...fields } });

test.each([
  ['checkpoint.broken', 'fewer bytes than it says', withHeader(one({}), 7)],
  ['checkpoint.broken', 'offsets that do not fit the shape', withHeader(one({ shape: [3] }), 8)],
  ['checkpoint.broken', 'a shape below zero', withHeader(one({ shape: [-2] }), 8)],
  ['checkpoint.broken', 'a header that is no JSON', withHeader('{"a', 8)],
  ['checkpoint.broken', 'a header longer than the file', Buffer.from([255, 255, 0, 0, 0, 0, 0, 0, 1])],
  ['checkpoint.broken', 'a header of exabytes', Buffer.alloc(9, 255)],
  ['checkpoint.broken', 'nothing', Buffer.alloc(0)],
  ['checkpoint.refused', 'numbers of a type that no model uses', withHeader(one({ dtype: 'F8_E4M3' }), 8)],
])('%s: %s', async (code, _what, bytes) => {
  writeFileSync(join(folder, 'bad.safetensors'), bytes);
  await expect(openCheckpoint(folder, 'bad.safetensors')).rejects.toMatchObject({ code });
});

test.each([
  [['pytorch_model.bin', 'model.safetensors', 'x.txt'], 'model.safetensors'],
  [['open_clip_pytorch_model.bin', 'other.pt'], 'open_clip_pytorch_model.bin'],
  [['epoch_3.pt', 'config.json'], 'epoch_3.pt'],
  [['model-00001-of-00002.safetensors', 'model.safetensors.index.json'], 'model.safetensors.index.json'],
])('of %o takes %s', (files, chosen) => {
  expect(chooseCheckpoint(folder, files)).toBe(chosen);
});

test('a folder without any is told so', () => {
  const empty = mkdtempSync(join(tmpdir(), 'no-checkpoint-'));
  expect(() => chooseCheckpoint(empty, [])).toThrow(expect.objectContaining({ code: 'checkpoint.missing' }));
  expect(() => chooseCheckpoint(join(empty, 'no'), [])).toThrow(
    expect.objectContaining({ code: 'checkpoint.missing' }),
  );
});
