import { afterAll, expect, test } from 'vitest';
import { createScanCrew } from '../../../../main/core/vectors/scan-crew.ts';
import { residentMatrix } from '../../../../main/core/vectors/resident-matrix.ts';
import { SEGMENT_ROWS } from '../../../../main/core/vectors/vector-memory.ts';
import { randomNumbers, randomVector } from '../../../support/search-archive.ts';

const DIMENSIONS = 32;
const random = randomNumbers(3);
const matrix = residentMatrix(DIMENSIONS);
const crew = createScanCrew(matrix, 2);
const alone = createScanCrew(matrix, 0);
afterAll(async () => {
  await crew.close();
  await alone.close();
});

/** A scan on the heels of the one before, so that helpers that come too late for that meet this one. */
function compare(): void {
  const query = randomVector(random, DIMENSIONS);
  const { bounds, maxima } = crew.scan(query, () => {});
  const expected = alone.scan(query, () => {});
  expect(
    Buffer.compare(Buffer.from(bounds.slice().buffer), Buffer.from(expected.bounds.slice().buffer)),
  ).toBe(0);
  expect(maxima).toEqual(expected.maxima);
  // Every other row, so that what is listed is shared as well.
  const rows = Int32Array.from({ length: Math.floor(matrix.count / 2) }, (_, at) => 2 * at);
  const estimates = Buffer.from(crew.estimates(query, rows).slice().buffer);
  expect(Buffer.compare(estimates, Buffer.from(alone.estimates(query, rows).slice().buffer))).toBe(0);
}

test('a crew gives what one thread gives, bit by bit, scan after scan, while the matrix grows and shrinks', () => {
  const put = (count: number) => {
    for (const end = matrix.count + count; matrix.count < end;)
      matrix.put(matrix.count + 1, 1, randomVector(random, DIMENSIONS));
  };
  put(3 * SEGMENT_ROWS);
  for (let round = 0; round < 4; round += 1) {
    for (let scan = 0; scan < 150; scan += 1) compare();
    put(SEGMENT_ROWS - 5);
  }
  for (let regionId = 1; regionId <= 2 * SEGMENT_ROWS; regionId += 1) matrix.drop(regionId);
  for (let scan = 0; scan < 150; scan += 1) compare();
});
