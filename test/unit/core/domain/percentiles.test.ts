import { expect, test } from 'vitest';

import { percentileRange } from '../../../../main/core/domain/percentiles.ts';

const ramp = Array.from({ length: 1001 }, (_, index) => index - 500);

test.each([
  ['numbers', ramp],
  ['int16', Int16Array.from(ramp)],
  ['float', Float32Array.from(ramp)],
])('percentiles of a ramp of %s', (_, values) => {
  expect(percentileRange(values, 0, 100)).toEqual({ low: -500, high: 500 });
  expect(percentileRange(values, 1, 99)).toEqual({ low: -490, high: 490 });
});

test('padding and what is no finite number do not count', () => {
  const values = Float32Array.from([Number.NaN, -2000, Infinity, 1, 2, 3]);
  expect(percentileRange(values, 0, 100, (value) => value === -2000)).toEqual({ low: 1, high: 3 });
  expect(percentileRange(Int16Array.of(-2000, 5, 6), 0, 100, (value) => value === -2000)).toEqual({
    low: 5,
    high: 6,
  });
  expect(percentileRange(Float32Array.of(Number.NaN), 1, 99)).toBeNull();
  expect(percentileRange(Uint8Array.of(7, 7), 1, 99, () => true)).toBeNull();
});

test('a single value has a range of one point', () => {
  expect(percentileRange(Uint16Array.of(7, 7), 1, 99)).toEqual({ low: 7, high: 7 });
});
