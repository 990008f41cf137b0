import { describe, expect, test } from 'vitest';

import { quantize } from '../../../../../main/core/encode/convert/graph-int8.ts';
import {
  compareVectors,
  parityRecord,
  rankAgreement,
} from '../../../../../main/core/encode/convert/parity.ts';

const rows = (...data: number[]) => ({ data: Float32Array.from(data), dimensions: 2 });

describe('two sets of vectors', () => {
  test('the worst row counts', () => {
    const { cosine, maxAbsDiff } = compareVectors(rows(1, 0, 0.6, 0.8), [1, 0, 1, 0]);
    expect(cosine).toBeCloseTo(0.6, 6);
    expect(maxAbsDiff).toBeCloseTo(0.8, 6);
  });

  test.each([
    ['not a number', rows(1, NaN)],
    ['infinite', rows(Infinity, 0)],
    ['of another count', rows(1, 0, 1, 0)],
    ['all zero', rows(0, 0)],
  ])('%s never passes', (_what, found) => {
    const compared = compareVectors(found, [1, 0]);
    expect(compared.cosine).toBe(-1);
    expect(parityRecord('int8', 'fp32', compared, { cosine: 1, maxAbsDiff: 0 }, null).passed).toBe(false);
  });

  test.each([
    ['fp32', 0.99999, true],
    ['fp32', 0.999989, false],
    ['fp16', 0.9999, true],
    ['fp16', 0.99989, false],
    ['int8', 0.995, true],
    ['int8', 0.9949, false],
  ] as const)('%s with a cosine of %d: %o', (precision, cosine, passed) => {
    const good = { cosine: 1, maxAbsDiff: 0 };
    expect(parityRecord(precision, '', { cosine, maxAbsDiff: 0 }, good, null).passed).toBe(passed);
    expect(parityRecord(precision, '', good, { cosine, maxAbsDiff: 0 }, null).passed).toBe(passed);
  });

  test('ranks agree by pairs', () => {
    const text = rows(1, 0);
    const before = { text, image: rows(1, 0, 0.8, 0.6, 0, 1) };
    expect(rankAgreement(before, before)).toBe(1);
    // The first two change places; of three pairs two are left as they were.
    expect(rankAgreement({ text, image: rows(0.8, 0.6, 1, 0, 0, 1) }, before)).toBeCloseTo(2 / 3, 9);
  });
});

describe('a matrix in 8 bits', () => {
  test('has a scale for each output, and lies [in, out]', () => {
    const { values, scales } = quantize(Float32Array.of(1, -0.5, 0, 254, 127, -254), 2, 3);
    expect([...scales]).toEqual([Math.fround(1 / 127), 2]);
    expect([...values]).toEqual([127, 127, -63, 64, 0, -127]);
  });

  test('of zeros stays zero', () => {
    const { values, scales } = quantize(new Float32Array(4), 2, 2);
    expect([...values, ...scales]).toEqual([0, 0, 0, 0, 1, 1]);
  });
});
