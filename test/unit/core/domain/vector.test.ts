import { expect, test } from 'vitest';
import { combine, dot, normalised, quantise } from '../../../../main/core/domain/vector.ts';
import { randomNumbers, randomVector } from '../../../support/search-archive.ts';

const random = randomNumbers(5);

test('a dot product is the sum of products, at every length', () => {
  for (let length = 0; length < 20; length += 1) {
    const a = Float32Array.from({ length }, () => random() - 0.5);
    const b = Float32Array.from({ length }, () => random() - 0.5);
    const expected = Array.from(a).reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
    expect(dot(a, b)).toBeCloseTo(expected, 12);
  }
});

test('a sum of parts has unit length, and does not depend on their order to the last bit', () => {
  for (let round = 0; round < 50; round += 1) {
    const parts = Array.from({ length: 5 }, () => ({
      vector: randomVector(random, 64),
      weight: random() * 4 - 2,
    }));
    const sum = combine(parts) as Float32Array;
    expect(dot(sum, sum)).toBeCloseTo(1, 5);
    expect(combine(parts.toReversed())).toEqual(sum);
    expect(combine(parts.map(({ vector, weight }) => ({ vector, weight: weight / 4 })))).toEqual(sum);
  }
});

test('what cancels out has no direction, although rounding leaves something', () => {
  const a = randomVector(random, 512);
  const b = a.map((value) => value * 0.1);
  expect(
    combine([
      { vector: a, weight: 1 },
      { vector: b, weight: -1 },
    ]),
  ).toBeNull();
  expect(combine([{ vector: a, weight: 0 }])).toBeNull();
  expect(combine([])).toBeNull();
  expect(normalised(new Float32Array(4))).toBeNull();
});

test('int8 copies use the whole range and come back within half a step', () => {
  for (let round = 0; round < 20; round += 1) {
    const vector = randomVector(random, 128);
    const { values, scale } = quantise(vector);
    expect(Math.max(...values.map(Math.abs))).toBe(127);
    vector.forEach((value, index) =>
      expect(Math.abs(value - (values[index] ?? 0) * scale)).toBeLessThanOrEqual(scale * 0.5001),
    );
  }
});
