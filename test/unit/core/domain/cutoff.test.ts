import { expect, test } from 'vitest';
import { bestLength, neutralBar, ranksToJudge } from '../../../../main/core/domain/cutoff.ts';

const judged = (finds: string) => [...finds].map((one, rank) => ({ rank, isFind: one === 'x' }));

test.each([
  ['', 0],
  ['....', 0],
  ['xxxx', 4],
  ['xxx....', 3],
  ['xx.xx...', 5],
  // A late find does not outweigh what lies between.
  ['xx....x', 2],
  ['.x', 0],
  ['.xx', 3],
  // Of equal surpluses the shorter.
  ['x.x', 1],
])('of %j it takes the first %d', (finds, length) => {
  expect(bestLength(judged(finds))).toBe(length);
});

test('a rank that stands for those before it weighs as many', () => {
  const at = (rank: number, isFind: boolean) => ({ rank, isFind });
  expect(bestLength([at(0, true), at(9, false), at(29, true)])).toBe(30);
  expect(bestLength([at(0, true), at(19, false), at(29, true)])).toBe(1);
});

test('judges all of the first ranks, ever fewer after them, and none twice', () => {
  const ranks = ranksToJudge(10_000);
  expect(ranks.slice(0, 201)).toEqual(Array.from({ length: 201 }, (_, rank) => rank));
  expect(new Set(ranks).size).toBe(ranks.length);
  expect(ranks.length).toBeLessThan(700);
  expect(ranks.at(-1)).toBeGreaterThan(9_800);
  expect(ranksToJudge(3)).toEqual([0, 1, 2]);
});

test('the bar is the second best description, less 0.15 of their spread', () => {
  // Mean 0.3, standard deviation 0.2.
  expect(neutralBar([0.1, 0.5, 0.1, 0.5])).toBeCloseTo(0.5 - 0.15 * 0.2, 12);
  expect(neutralBar([0.9, 0.1, 0.1])).toBeLessThan(0.1);
});
