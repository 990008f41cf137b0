import { expect, test } from 'vitest';
import { chunkMaxima, placesAtLeast, topScores } from '../../../../main/core/domain/top-scores.ts';
import { randomNumbers } from '../../../support/search-archive.ts';

const random = randomNumbers(3);
const sorted = (scores: Float32Array) =>
  Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);

test.each([
  ['spread over the range', () => random() * 2 - 1],
  ['close together', () => 0.3 + random() * 1e-4],
  ['with many equal ones', () => Math.round(random() * 20) / 20],
  ['all equal', () => 0.25],
  ['beyond the range', () => random() * 4 - 2],
  ['on the edges of bins', () => Math.round(random() * 2048) / 1024 - 1],
])('are the highest in order: scores %s', (_what, next) => {
  for (const size of [0, 1, 100, 5_000, 20_000]) {
    const scores = Float32Array.from({ length: size }, next);
    const expected = sorted(scores);
    for (const count of [0, 1, 10, 264, 4_999, size, size + 1])
      expect([...topScores(scores, count)]).toEqual(expected.slice(0, count));
    const least = scores[Math.floor(size / 3)] ?? 0;
    const found = placesAtLeast(scores, least, chunkMaxima(scores));
    expect([...found]).toEqual([...scores.keys()].filter((at) => (scores[at] as number) >= least));
  }
});
