import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { attentionPooling } from '../../../../main/core/domain/slide-pooling.ts';
import { readPoolingWeights, unpackWeights } from '../../../../main/core/encode/pooling-weights.ts';
import { safetensorsOf } from '../../../support/safetensors.ts';

const folder = join(import.meta.dirname, '../../../fixtures/pooling');
const fileOf = (name: string) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) });
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
  'tiles' | 'paper' | 'clam' | 'plain',
  number[]
>;
const tiles = Float32Array.from(expected.tiles);

test.each([
  ['paper.npz', 'paper', true],
  ['paper.safetensors', 'paper', true],
  ['clam.npz', 'clam', true],
  ['plain.npz', 'plain', false],
] as const)('%s pools as torch does', async (file, name, gated) => {
  const read = await readPoolingWeights(fileOf(file));
  expect(read).toMatchObject({ hidden: 3, dimensions: 6, gated });
  const pooled = attentionPooling(read.name, unpackWeights(read, read.weights)).pool(tiles, 6);
  expected[name].forEach((value, index) => expect(pooled?.[index]).toBeCloseTo(value, 5));
});

test('the same weights have the same name in any file, others another', async () => {
  const [npz, tensors, clam] = await Promise.all(
    ['paper.npz', 'paper.safetensors', 'clam.npz'].map((name) => readPoolingWeights(fileOf(name))),
  );
  expect(npz?.name).toMatch(/^attention-[0-9a-f]{8}$/);
  expect(tensors?.name).toBe(npz?.name);
  expect(clam?.name).not.toBe(npz?.name);
});

/** Of one value throughout. */
const safetensors = (shapes: Record<string, number[]>, value = 0.5) => safetensorsOf(shapes, () => value);

const head = { V: [2, 4], U: [2, 4], w: [2] };

test.each([
  ['no w', safetensors({ V: [2, 4] }), 'has no w'],
  ['no V', safetensors({ w: [2] }), 'has no V'],
  ['U of another shape', safetensors({ ...head, U: [4, 2] }), 'U is 4 × 2, not 2 × 4'],
  ['w of another length', safetensors({ ...head, w: [3] }), 'w is 3, not 2'],
  ['V with three axes', safetensors({ ...head, V: [2, 2, 2] }), 'V is 2 × 2 × 2, not hidden × dimensions'],
  ['a layer before it', safetensors({ ...head, 'fc.weight': [4, 4] }), 'has other layers: fc.weight'],
  ['a bias without its gate', safetensors({ V: [2, 4], w: [2], 'U.bias': [2] }), 'has a bias of U without U'],
  ['no numbers', safetensors(head, NaN), 'V has values that are no finite numbers'],
  ['a cut-off file', safetensors(head).subarray(0, 150), 'ends early'],
  ['no such file', new Uint8Array(40), 'header is not understood'],
])('%s is refused with what is wrong', async (_what, bytes, reason) => {
  await expect(readPoolingWeights({ name: 'head.safetensors', bytes })).rejects.toMatchObject({
    code: 'pooling.unreadable',
    details: { reason },
  });
});

test('other endings, and an archive that is none, are refused', async () => {
  const bytes = new Uint8Array(8);
  await expect(readPoolingWeights({ name: 'head.pt', bytes })).rejects.toMatchObject({
    code: 'pooling.unreadable',
    details: { reason: 'ends in neither .safetensors nor .npz' },
  });
  await expect(readPoolingWeights({ name: 'head.npz', bytes })).rejects.toMatchObject({
    code: 'pooling.unreadable',
    details: { reason: 'is no whole npz file' },
  });
});
