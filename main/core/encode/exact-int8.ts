import type * as Runtime from 'onnxruntime-node';

import { encodeModel, type Graph } from './convert/onnx-model.ts';

const INTO = 64;
const OUT = 32;
const ROWS = 4;
const MAX_WEIGHT = 127;

let config: Promise<Readonly<Record<string, string>>> | undefined;

/**
 * Part of a session's configuration that makes products of 8-bit numbers exact on this processor, once per thread.
 *
 * On x64 without VNNI the runtime adds pairs of products in 16 bits, and what does not fit is cut off in silence;
 * `x64quantprecision` makes it take a slower, exact way there. It must stay off elsewhere: with AMX it would be four
 * times as slow. The runtime does not tell which case it is, so one product that would overflow is tried.
 *
 * @see onnxruntime_session_options_config_keys.h
 */
export function exactInt8(
  runtime: Pick<typeof Runtime, 'InferenceSession' | 'Tensor'>,
): Promise<Readonly<Record<string, string>>> {
  return (config ??= overflows(runtime).then((found) => ({ x64quantprecision: found ? '1' : '0' })));
}

async function overflows({ InferenceSession, Tensor }: Parameters<typeof exactInt8>[0]): Promise<boolean> {
  const session = await InferenceSession.create(
    encodeModel(largestProduct, 'vitrine', () => null),
    {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    },
  );
  try {
    const ones = new Tensor('float32', new Float32Array(ROWS * INTO).fill(1), [ROWS, INTO]);
    const sums = (await session.run({ ones }))['sums']?.data as Float32Array;
    return sums.some((sum) => Math.abs(sum - INTO) > INTO / 100);
  } finally {
    await session.release();
  }
}

/** Ones, quantised to 255, times weights of 127 that stand for one: each sum is the count of its terms. */
const largestProduct: Graph = {
  name: 'largest_product',
  nodes: [
    {
      operator: 'DynamicQuantizeMatMul',
      domain: 'com.microsoft',
      inputs: ['ones', 'weights', 'scale'],
      outputs: ['sums'],
      attributes: {},
    },
  ],
  initializers: [
    {
      name: 'weights',
      type: 'int8',
      shape: [INTO, OUT],
      sizeBytes: INTO * OUT,
      bytes: () => new Uint8Array(INTO * OUT).fill(MAX_WEIGHT),
    },
    {
      name: 'scale',
      type: 'float32',
      shape: [OUT],
      sizeBytes: 4 * OUT,
      bytes: () => new Uint8Array(new Float32Array(OUT).fill(1 / MAX_WEIGHT).buffer),
    },
  ],
  inputs: [{ name: 'ones', type: 'float32', shape: ['n', INTO] }],
  outputs: [{ name: 'sums', type: 'float32', shape: ['n', OUT] }],
};
