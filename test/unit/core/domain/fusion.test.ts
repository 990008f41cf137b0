import { expect, test } from 'vitest';
import { fuseRanks } from '../../../../main/core/domain/fusion.ts';

test('scores are the sums of 1 / (60 + rank) of the paper', () => {
  const fused = fuseRanks([
    [7, 5, 3],
    [5, 9],
  ]);
  expect(fused).toEqual([
    { id: 5, score: 1 / 62 + 1 / 61, ranks: [2, 1] },
    { id: 7, score: 1 / 61, ranks: [1, null] },
    { id: 9, score: 1 / 62, ranks: [null, 2] },
    { id: 3, score: 1 / 63, ranks: [3, null] },
  ]);
});

test('the order is total: of equal scores the smaller id comes first, whichever list it is from', () => {
  const ids = (lists: number[][]) => fuseRanks(lists).map(({ id }) => id);
  expect(ids([[8, 2], [2, 8], []])).toEqual([2, 8]);
  expect(
    ids([
      [9, 1],
      [4, 6],
    ]),
  ).toEqual([4, 9, 1, 6]);
  expect(
    ids([
      [4, 6],
      [9, 1],
    ]),
  ).toEqual([4, 9, 1, 6]);
});

test('one list alone keeps its order, beside empty ones too', () => {
  const list = [30, 10, 20];
  expect(fuseRanks([list, []]).map(({ id }) => id)).toEqual(list);
  expect(fuseRanks([[], []])).toEqual([]);
});

test('what both lists have near the top comes before the first of one list', () => {
  const [first] = fuseRanks([
    [1, 2],
    [3, 2],
  ]);
  expect(first?.id).toBe(2);
});
