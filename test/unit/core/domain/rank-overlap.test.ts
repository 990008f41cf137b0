import { expect, test } from 'vitest';
import { jaccardAt, rankBiasedOverlap } from '../../../../main/core/domain/rank-overlap.ts';

test.each([
  [[1, 2, 3], [1, 2, 3], 3, 1],
  [[1, 2, 3], [3, 2, 1], 3, 1],
  [[1, 2, 3], [3, 2, 1], 1, 0],
  [[1, 2, 3], [3, 4, 5], 3, 1 / 5],
  [[1, 2], [3], 5, 0],
  [[], [], 5, 1],
])('%j and %j share %d: %d', (a, b, k, share) => {
  expect(jaccardAt(a, b, k)).toBeCloseTo(share, 12);
});

test.each([
  [[1, 2, 3], [1, 2, 3], 0.9, 1],
  [[1, 2], [3, 4], 0.9, 0],
  // By hand, agreement 0, 1 at depths 1, 2: 1·p² + (1 − p)/p · (0·p + 1·p²) = p.
  [[1, 2], [2, 1], 0.9, 0.9],
  // Agreement 1, 1/2: p²/2 + (1 − p)/p · (p + p²/2) = 1 − p/2.
  [[1, 2], [1, 3], 0.8, 0.6],
  [[], [], 0.9, 1],
  [[], [1], 0.9, 0],
])('rank-biased overlap of %j and %j at p = %d is %d', (a, b, p, overlap) => {
  expect(rankBiasedOverlap(a, b, p)).toBeCloseTo(overlap, 12);
  expect(rankBiasedOverlap(b, a, p)).toBeCloseTo(overlap, 12);
});
