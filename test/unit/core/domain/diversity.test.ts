import { expect, test } from 'vitest';
import { diverseOrder } from '../../../../main/core/domain/diversity.ts';
import { normalised } from '../../../../main/core/domain/vector.ts';
import { randomNumbers, randomVector } from '../../../support/search-archive.ts';

const unit = (...values: number[]) => normalised(Float32Array.from(values));

test('a twin of the first waits until something else was shown', () => {
  const ranked = [
    { score: 0.9, vector: unit(1, 0) },
    { score: 0.89, vector: unit(1, 0.001) },
    { score: 0.7, vector: unit(0, 1) },
    { score: 0.2, vector: unit(-1, 0) },
  ];
  expect(diverseOrder(ranked, 0.5)).toEqual([0, 2, 1, 3]);
  expect(diverseOrder(ranked, 1)).toEqual([0, 1, 2, 3]);
});

// The definition written down again, without what makes it quick.
function plainly(scores: readonly number[], vectors: readonly Float32Array[], lambda: number): number[] {
  const cosine = (a: number, b: number) =>
    (vectors[a] as Float32Array).reduce((sum, value, at) => sum + value * (vectors[b]?.[at] ?? 0), 0);
  const pairs = scores.flatMap((_, a) => scores.flatMap((__, b) => (a === b ? [] : [cosine(a, b)])));
  const scaled = (value: number, all: readonly number[]) =>
    (value - Math.min(...all)) / (Math.max(...all) - Math.min(...all));
  const taken = [0];
  while (taken.length < scores.length) {
    const left = scores.flatMap((_, place) => (taken.includes(place) ? [] : [place]));
    const worth = (place: number) =>
      lambda * scaled(scores[place] ?? 0, scores) -
      (1 - lambda) * Math.max(...taken.map((other) => scaled(cosine(other, place), pairs)));
    taken.push(left.reduce((best, place) => (worth(place) > worth(best) + 1e-9 ? place : best)));
  }
  return taken;
}

test.each([0, 0.3, 0.7, 0.95])('equals its definition at λ = %d', (lambda) => {
  const random = randomNumbers(3);
  const vectors = Array.from({ length: 40 }, () => randomVector(random));
  const scores = vectors.map(() => random()).sort((a, b) => b - a);
  const ranked = scores.map((score, at) => ({ score, vector: vectors[at] as Float32Array }));
  expect(diverseOrder(ranked, lambda)).toEqual(plainly(scores, vectors, lambda));
});

test.each([
  [[]],
  [[{ score: 1, vector: null }]],
  [Array.from({ length: 3 }, () => ({ score: 1, vector: null }))],
])('what has no spread keeps its order', (ranked) => {
  expect(diverseOrder(ranked, 0.5)).toEqual(ranked.map((_, at) => at));
});
