import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dot } from '../../../../main/core/domain/vector.ts';
import type { MatrixKeeper } from '../../../../main/core/search/thread/matrix-keeper.ts';
import { toFloats } from '../../../../main/core/store/vectors.ts';
import type { ResidentMatrix } from '../../../../main/core/vectors/resident-matrix.ts';
import { SEGMENT_ROWS } from '../../../../main/core/vectors/vector-memory.ts';
import { contents, expectedContents, flip, keptArchive, shortened } from '../../../support/kept-archive.ts';
import {
  addItems,
  DIMENSIONS,
  type MadeItem,
  randomNumbers,
  randomVector,
} from '../../../support/search-archive.ts';

const random = randomNumbers(12);
let made: ReturnType<typeof keptArchive>;
beforeEach(() => {
  made = keptArchive(random);
});
afterEach(() => made.remove());

test('is made at once of the copies in the database, as if it were built', async () => {
  const { archive, model } = made;
  // Places of the table that are empty, used again, or of items that were deleted without it.
  archive.vectors.dropItem(made.items[3]?.itemId as number);
  archive.items.clearRegions(made.items[3]?.itemId as number);
  archive.db.prepare('delete from item where id in (?, ?)').run(made.items[3]?.itemId, made.items[9]?.itemId);
  const more = addItems(archive, model, 20, random, () => 2);
  const left = [...made.items.filter((_, index) => index !== 3 && index !== 9), ...more];
  const keeper = made.keeperOf('a', made.ofCopies);
  const matrix = keeper.current();
  expect(contents(matrix)).toEqual(expectedContents(left, shortened));
  // The scale is what makes a copy as long as the vector; it is a guess until the vector is read.
  for (const { regionId, vector } of left.flatMap(({ regions }) => regions))
    expect(dot(vector, matrix?.vectorAt(matrix.find(regionId)) as Float32Array)).toBeCloseTo(1, 3);

  await keeper.save();
  expect(existsSync(made.path)).toBe(false);
  while (keeper.refine());
  expect(scalesOf(keeper.current())).toEqual(scalesOf((await made.built()).current()));
  await keeper.save();
  expect(contents(made.keeperOf().current())).toEqual(expectedContents(left));
});

test('gives exact vectors without asking the database, also of what came and changed', async () => {
  const { archive, model } = made;
  const keeper = await made.built();
  const more = addItems(archive, model, 5, random, () => 2);
  const changed = randomVector(random);
  archive.vectors.replace(model, made.items[2]?.regions[0]?.regionId as number, changed);
  keeper.current();
  expectVectors(keeper, [...made.items.slice(3), ...more]);
  expect(toFloats(keeper.vector(made.items[2]?.regions[0]?.regionId as number) as Uint8Array)).toEqual(
    changed,
  );
  expect(made.asked).toEqual([]);
});

test('leaves nothing of a vector behind that is gone', async () => {
  const keeper = await made.built();
  const { regionId } = made.items[4]?.regions[0] as { regionId: number };
  const size = 4 * made.model.dimensions;
  const slot = () => readFileSync(made.floatsPath).subarray(regionId * size, (regionId + 1) * size);
  expect(slot().some((byte) => byte !== 0)).toBe(true);
  made.archive.db.prepare('delete from item where id = ?').run(made.items[4]?.itemId);
  keeper.current();
  expect(slot().every((byte) => byte === 0)).toBe(true);
});

test.each([
  ['is not there', () => rmSync(made.floatsPath)],
  ['ends early', () => truncateSync(made.floatsPath, 20_003)],
  ['has one bit turned', () => flip(made.floatsPath, 30_000)],
  ['is of another model', () => writeFileSync(made.floatsPath, randomBytes(3001 * 4 * DIMENSIONS))],
])('reads from the database what an exact file lacks that %s, and mends it', async (_what, harm) => {
  const first = await made.built();
  await first.save();
  first.close();
  harm();
  const again = made.keeperOf();
  again.current();
  expectVectors(again, made.items);
  const missing = made.asked.length;
  expect(missing).toBeGreaterThan(0);
  expectVectors(again, made.items);
  expect(made.asked).toHaveLength(missing);
});

test('gives exact vectors where their file cannot be written', async () => {
  mkdirSync(made.floatsPath, { recursive: true });
  const keeper = await made.built();
  keeper.current();
  expectVectors(keeper, made.items);
});

function expectVectors(keeper: MatrixKeeper, of: readonly MadeItem[]): void {
  for (const { regionId, vector } of of.flatMap(({ regions }) => regions))
    expect(toFloats(keeper.vector(regionId) as Uint8Array)).toEqual(vector);
}

/** Everything that bounds and estimates are made of beside the values, by region. */
function scalesOf(matrix: ResidentMatrix | null) {
  return Array.from({ length: matrix?.count ?? 0 }, (_, row) => {
    const { scales, middles, spreads } = matrix?.segment(Math.floor(row / SEGMENT_ROWS)) ?? {};
    const columns = [scales, middles, spreads].map((column) => column?.[row % SEGMENT_ROWS] ?? NaN);
    return [matrix?.regionIds[row] ?? 0, ...columns];
  }).sort(([a = 0], [b = 0]) => a - b);
}
