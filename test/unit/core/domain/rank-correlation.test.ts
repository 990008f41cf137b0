import { expect, test } from 'vitest';

import { rankCorrelation } from '../../../../main/core/domain/rank-correlation.ts';

// Numbers of scipy.stats.spearmanr 1.10.1.
test.each([
  [[1, 2, 2, 3, 5, 4], [3, 1, 2, 2, 6, 9], 0.5441176470588235],
  [[0.1, 0.2, 0.3, 0.4], [4, 3, 2, 1], -1],
])('%j against %j is %d', (a, b, expected) => {
  expect(rankCorrelation(a, b)).toBeCloseTo(expected, 12);
});

test('what does not vary agrees with nothing, and one value with itself', () => {
  expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBe(0);
  expect(rankCorrelation([1], [7])).toBe(1);
});
