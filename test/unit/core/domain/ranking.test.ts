import { expect, test } from 'vitest';
import { byRank, firstOfEach, sampleIds } from '../../../../main/core/domain/ranking.ts';

test('orders by score, then item, then region, whatever the order before', () => {
  const regions = [
    { regionId: 4, itemId: 1, score: 0.5 },
    { regionId: 2, itemId: 2, score: 0.5 },
    { regionId: 3, itemId: 1, score: 0.5 },
    { regionId: 9, itemId: 9, score: 0.6 },
  ];
  const order = regions.toSorted(byRank).map(({ regionId }) => regionId);
  expect(order).toEqual([9, 3, 4, 2]);
  expect(
    regions
      .toReversed()
      .sort(byRank)
      .map(({ regionId }) => regionId),
  ).toEqual(order);
  expect(firstOfEach(regions.sort(byRank), ({ itemId }) => itemId).map(({ regionId }) => regionId)).toEqual([
    9, 3, 2,
  ]);
});

test('a sample is the same for the same ids in any order, and mostly the same when a few are added', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => index + 1);
  const sample = sampleIds(ids, 500);
  expect(sampleIds(ids.toReversed(), 500)).toEqual(sample);
  expect(new Set(sample).size).toBe(500);
  const later = new Set(
    sampleIds([...ids, ...Array.from({ length: 500 }, (_, index) => 20_000 + index)], 500),
  );
  expect(sample.filter((id) => later.has(id)).length).toBeGreaterThan(450);
  expect(sampleIds([3, 1, 2], 5)).toHaveLength(3);
});

test('a sample is spread evenly over the ids', () => {
  const sample = sampleIds(
    Array.from({ length: 100_000 }, (_, index) => index + 1),
    10_000,
  );
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const inside = sample.filter((id) => Math.floor((id - 1) / 10_000) === tenth).length;
    // Ten standard deviations of a binomial count of 10,000 by 1/10.
    expect(Math.abs(inside - 1000)).toBeLessThan(300);
  }
});
