import { expect, test } from 'vitest';
import { backgroundOf } from '../../../../main/core/domain/background.ts';
import { select } from '../../../../main/core/domain/selection.ts';
import { randomNumbers } from '../../../support/search-archive.ts';

const random = randomNumbers(5);
const made = (size: number, next: (at: number) => number) =>
  Float64Array.from({ length: size }, (_, at) => next(at));

test.each([
  ['random', () => random()],
  ['ascending', (at: number) => at],
  ['descending', (at: number) => -at],
  ['all equal', () => 1],
  ['mostly equal', () => Math.round(random() * 3)],
])('puts the value of a place there, and the smaller ones before it: %s', (_what, next) => {
  for (const size of [1, 2, 3, 10, 1001])
    for (const place of [0, size >> 1, size - 1]) {
      const values = made(size, next);
      const sorted = values.toSorted();
      expect(select(values, place)).toBe(sorted[place]);
      expect(values[place]).toBe(sorted[place]);
      expect(values.subarray(0, place).toSorted()).toEqual(sorted.subarray(0, place));
      expect(values.toSorted()).toEqual(sorted);
    }
});

test.each([1, 2, 3, 2000, 2001])(
  'the background of %d scores has the median and spread of sorted ones',
  (size) => {
    const scores = made(size, () => random() - 0.5);
    const middle = (values: Float64Array) => {
      const sorted = values.toSorted();
      return ((sorted[(size - 1) >> 1] as number) + (sorted[size >> 1] as number)) / 2;
    };
    const { median, spread } = backgroundOf(scores);
    expect(median).toBe(middle(scores));
    expect(spread).toBe(Math.max(1e-6, 1.4826 * middle(scores.map((score) => Math.abs(score - median)))));
  },
);
