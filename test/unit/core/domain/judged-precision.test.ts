import { expect, test } from 'vitest';
import { bandsOf, precisionAt, shareOut } from '../../../../main/core/domain/judged-precision.ts';
import { wilson } from '../../../../main/core/domain/statistics/intervals.ts';
import { seededRandom, shuffled } from '../../../../main/core/domain/statistics/random.ts';

test('bands have equal widths of score and leave no place out', () => {
  const bands = bandsOf([1, 0.95, 0.5, 0.45, 0.4, 0.1, 0], 4);
  expect(bands).toEqual([
    { from: 1, to: 2 },
    { from: 3, to: 5 },
    { from: 6, to: 7 },
  ]);
  expect(bandsOf([0.5, 0.5, 0.5], 6)).toEqual([{ from: 1, to: 3 }]);
  expect(bandsOf([], 6)).toEqual([]);
  expect(shareOut(bands, 6)).toEqual([2, 2, 2]);
  expect(shareOut(bands, 50)).toEqual([2, 3, 2]);
});

test('weighs bands by their hits: worked out by hand', () => {
  const bands = [
    { from: 1, to: 10 },
    { from: 11, to: 100 },
  ];
  const judged = [1, 2, 3, 4].map((place) => ({ place, isRight: true }));
  judged.push(...[20, 40, 60].map((place) => ({ place, isRight: place === 20 })));
  expect(precisionAt(bands, judged, 10)?.value).toBe(1);
  expect(precisionAt(bands, judged, 10)?.low).toBeLessThan(0.9);
  expect(precisionAt(bands, judged, 100)?.value).toBeCloseTo(0.1 * 1 + 0.9 / 3, 12);
  expect(precisionAt(bands, judged, 30)?.value).toBeCloseTo(10 / 30 + 20 / 30, 12);
  expect(precisionAt(bands, judged.slice(0, 4), 50)).toBeNull();
});

test('what was judged whole is certain, and one band is near to Wilson', () => {
  const bands = [{ from: 1, to: 4 }];
  const all = [1, 2, 3, 4].map((place) => ({ place, isRight: place > 1 }));
  expect(precisionAt(bands, all, 4)).toEqual({ value: 0.75, low: 0.75, high: 0.75 });
  const large = [{ from: 1, to: 1_000_000 }];
  const sample = Array.from({ length: 400 }, (_, index) => ({ place: index + 1, isRight: index % 4 > 0 }));
  const found = precisionAt(large, sample, 1_000_000);
  expect(found?.low).toBeCloseTo(wilson(300, 400)?.low ?? 0, 2);
  expect(found?.high).toBeCloseTo(wilson(300, 400)?.high ?? 0, 2);
});

test('of 400 samples the interval holds the true precision about 95 times in a hundred', () => {
  const random = seededRandom(3);
  const size = 600;
  const scores = Array.from({ length: size }, (_, index) => Math.exp(-index / 150));
  const bands = bandsOf(scores, 6);
  const shares = shareOut(bands, 30);
  const cutoffs = [20, 100, 300, 600];
  const held = cutoffs.map(() => 0);
  const bias = cutoffs.map(() => 0);
  const rounds = 400;
  for (let round = 0; round < rounds; round += 1) {
    const right = scores.map((score) => random() < 0.1 + 0.8 * score);
    const judged = bands.flatMap(({ from, to }, band) =>
      shuffled(
        Array.from({ length: to - from + 1 }, (_, index) => from + index),
        random,
      )
        .slice(0, shares[band])
        .map((place) => ({ place, isRight: right[place - 1] === true })),
    );
    cutoffs.forEach((cutoff, index) => {
      const truth = right.slice(0, cutoff).filter(Boolean).length / cutoff;
      const found = precisionAt(bands, judged, cutoff);
      if (found && found.low <= truth && truth <= found.high) held[index] = (held[index] ?? 0) + 1;
      bias[index] = (bias[index] ?? 0) + ((found?.value ?? 0) - truth) / rounds;
    });
  }
  for (const count of held) expect(count / rounds).toBeGreaterThan(0.91);
  for (const one of bias.slice(1)) expect(Math.abs(one)).toBeLessThan(0.03);
});
