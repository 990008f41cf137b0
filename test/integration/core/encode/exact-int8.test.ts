import { join } from 'node:path';

import * as runtime from 'onnxruntime-node';
import { expect, test } from 'vitest';

import { encodeModel, type Graph } from '../../../../main/core/encode/convert/onnx-model.ts';
import { createEncoder } from '../../../../main/core/encode/encoder.ts';
import { exactInt8 } from '../../../../main/core/encode/exact-int8.ts';

const [ROWS, INTO, OUT] = [5, 130, 37];

/** x times weights of -127, 0 or 127, which stand for -1, 0 and 1. */
const signs = Array.from({ length: INTO * OUT }, (_, at) => ((at * 7919) % 3) - 1);
const graph: Graph = {
  name: 'product',
  nodes: [
    {
      operator: 'DynamicQuantizeMatMul',
      domain: 'com.microsoft',
      inputs: ['x', 'weights', 'scale'],
      outputs: ['y'],
      attributes: {},
    },
  ],
  initializers: [
    {
      name: 'weights',
      type: 'int8',
      shape: [INTO, OUT],
      sizeBytes: INTO * OUT,
      bytes: () => new Uint8Array(Int8Array.from(signs, (sign) => 127 * sign).buffer),
    },
    {
      name: 'scale',
      type: 'float32',
      shape: [OUT],
      sizeBytes: 4 * OUT,
      bytes: () => new Uint8Array(new Float32Array(OUT).fill(1 / 127).buffer),
    },
  ],
  inputs: [{ name: 'x', type: 'float32', shape: ['n', INTO] }],
  outputs: [{ name: 'y', type: 'float32', shape: ['n', OUT] }],
};

test('products of 8-bit numbers are exact on this processor, at their largest', async () => {
  const session = await runtime.InferenceSession.create(
    encodeModel(graph, 'test', () => null),
    {
      executionProviders: ['cpu'],
      extra: { session: await exactInt8(runtime) },
    },
  );
  // Zeros and ones are quantised without a rest.
  const x = Float32Array.from({ length: ROWS * INTO }, (_, at) => ((at * 31) % 7 < 5 ? 1 : 0));
  const { y } = await session.run({ x: new runtime.Tensor('float32', x, [ROWS, INTO]) });
  const found = y?.data as Float32Array;
  await session.release();
  expect(found).toHaveLength(ROWS * OUT);
  found.forEach((value, at) => {
    const [row, column] = [Math.floor(at / OUT), at % OUT];
    let sum = 0;
    for (let k = 0; k < INTO; k += 1) sum += (x[row * INTO + k] ?? 0) * (signs[k * OUT + column] ?? 0);
    expect(value).toBeCloseTo(sum, 2);
  });
});

test('in int8 a picture`s vector does not depend on the pictures beside it', async () => {
  const folder = join(import.meta.dirname, '../../../../models/starter');
  // Even where someone's settings say otherwise.
  const remembered = {
    device: 'cpu',
    precision: 'int8',
    batchSize: 4,
    msPerPicture: 1,
    reason: 'settings',
  } as const;
  const encoder = await createEncoder({ folder, precision: 'int8', device: 'cpu', threads: 1, remembered });
  const { sizePx } = encoder.manifest.preprocessing;
  const size = 3 * sizePx * sizePx;
  const picture = (level: number) => Uint8Array.from({ length: size }, (_, at) => (at * level) % 251);
  const alone = await encoder.encodeImages(picture(7), 1);
  const beside = new Uint8Array(4 * size).fill(255);
  beside.set(picture(7), 2 * size);
  const together = await encoder.encodeImages(beside, 4);
  const { dimensions } = encoder.manifest;
  expect(together.slice(2 * dimensions, 3 * dimensions)).toEqual(alone);
  await encoder.close();
});
