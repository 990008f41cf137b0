import { expect, test } from 'vitest';
import type { Reaching } from '../../../../main/core/search/thread/candidates.ts';
import { matrixCandidates } from '../../../../main/core/search/thread/matrix-candidates.ts';
import { residentMatrix } from '../../../../main/core/vectors/resident-matrix.ts';
import { createScanCrew } from '../../../../main/core/vectors/scan-crew.ts';
import { randomNumbers, randomVector } from '../../../support/search-archive.ts';

const DIMENSIONS = 64;
/** More than one segment. */
const ROWS = 20_000;
const random = randomNumbers(31);
const centres = Array.from({ length: 8 }, () => randomVector(random, DIMENSIONS));

/** Close to one of a few centres, some of them so close that only rounding tells them apart. */
function near(): Float32Array {
  const centre = centres[Math.floor(random() * centres.length)] as Float32Array;
  const noise = random() < 0.1 ? 0.001 : 0.1;
  const vector = centre.map((value) => value + noise * (random() - 0.5));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

const matrix = residentMatrix(DIMENSIONS);
for (let row = 0; row < ROWS; row += 1) matrix.put(row + 1, 2 * row, near());
const crew = createScanCrew(matrix, 0);

const everyNth = (step: number) =>
  Int32Array.from({ length: Math.floor(ROWS / step) }, (_, at) => at * step + 1);

test.each([
  ['all rows', null],
  ['half of the rows', everyNth(2)],
  ['few of the rows', everyNth(40)],
])('gives what comparing everything gives: %s', (_what, rows) => {
  const all = rows ?? Int32Array.from({ length: ROWS }, (_, row) => row);
  for (const query of [...centres.slice(0, 3), near(), near(), randomVector(random, DIMENSIONS)]) {
    const estimates = Float32Array.from(crew.estimates(query, all));
    const order = Array.from(all, (row, at) => ({ row, estimate: estimates[at] as number })).sort(
      (a, b) => b.estimate - a.estimate || a.row - b.row,
    );
    const found = matrixCandidates(matrix, crew, query, rows, true, () => {});
    expect(found.size).toBe(all.length);
    for (const count of [0, 1, 100, 450]) {
      const best = found.best(count);
      expect(best).toEqual(
        order.slice(0, count).map(({ row, estimate }) => ({ regionId: row + 1, itemId: 2 * row, estimate })),
      );
    }
    for (const place of [0, 50, 400]) {
      const least = order[place]?.estimate as number;
      const { estimates: reaching, itemAt, regionAt } = found.atLeast(least) as Reaching;
      const visited = Array.from(reaching, (estimate, place) => {
        expect(itemAt(place)).toBe(2 * (regionAt(place) - 1));
        expect(estimate).toBeGreaterThanOrEqual(least);
        return regionAt(place);
      });
      const expected = order.filter(({ estimate }) => estimate >= least).map(({ row }) => row + 1);
      expect(visited.sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
    }
  }
});
