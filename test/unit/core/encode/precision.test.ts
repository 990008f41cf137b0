import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { BundleManifest } from '../../../../main/core/encode/bundle.ts';
import { provisionalPlan, rememberedPlan } from '../../../../main/core/encode/first-plan.ts';
import { isProven, requirePrecision } from '../../../../main/core/encode/precision.ts';

const starter = join(import.meta.dirname, '../../../../models/starter/bundle.json');
const proven = BundleManifest.parse(JSON.parse(readFileSync(starter, 'utf8')));
const { int8, ...others } = proven.precisions;
/** As the converter leaves a precision that missed its thresholds: its files are there, and kept out of use. */
const missed: BundleManifest = {
  ...proven,
  precisions: {
    ...others,
    ...(int8?.parity
      ? { int8: { ...int8, parity: { ...int8.parity, imageCosine: 0.99, passed: false } } }
      : {}),
  },
};

describe('a precision that missed its thresholds', () => {
  test('is not chosen for the processor, where one that passed is', () => {
    expect(provisionalPlan(proven, undefined).precision).toBe('int8');
    expect(provisionalPlan(missed, undefined).precision).toBe('fp32');
    expect([isProven(proven, 'int8'), isProven(missed, 'int8')]).toEqual([true, false]);
  });

  test('is refused when it is asked for by name', () => {
    expect(requirePrecision(proven, 'int8')).toBe('int8');
    expect(() => requirePrecision(missed, 'int8')).toThrow(
      expect.objectContaining({
        code: 'model.precision',
        details: { model: 'starter', precision: 'int8', reason: 'did not pass its check' },
      }),
    );
  });

  test('as is one that the bundle does not have', () => {
    expect(() => requirePrecision(proven, 'fp16')).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ reason: 'not in the bundle' }) }),
    );
  });
});

describe('a plan from the last time', () => {
  const plan = {
    device: 'cpu',
    precision: 'fp32',
    batchSize: 4,
    msPerPicture: 9,
    reason: 'measured',
  } as const;
  test.each([
    ['is taken up where nothing else is asked', plan, undefined, undefined, true],
    ['not where another precision is asked', plan, 'int8', undefined, false],
    ['not where another device is chosen', plan, undefined, 'webgpu', false],
    [
      'not where its device is no longer there',
      { ...plan, device: process.platform === 'darwin' ? 'dml' : 'coreml' } as const,
      undefined,
      undefined,
      false,
    ],
    [
      'not where it runs int8 pictures together',
      { ...plan, precision: 'int8' } as const,
      undefined,
      undefined,
      false,
    ],
  ] as const)('%s', (_what, remembered, precision, device, taken) => {
    expect(rememberedPlan(remembered, precision, null, device)).toBe(taken ? remembered : undefined);
  });
});
