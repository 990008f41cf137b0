import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { quantise } from '../../../../main/core/domain/vector.ts';
import { boundOf, readHalves } from '../../../../main/core/vectors/half-bytes.ts';
import { canScan, scanKernel } from '../../../../main/core/vectors/kernel/scan-kernel.ts';
import { residentMatrix } from '../../../../main/core/vectors/resident-matrix.ts';
import { placesOf, planeBytes } from '../../../../main/core/vectors/vector-memory.ts';
import { scanModuleFile, scanModuleText } from '../../../support/scan-module.ts';
import { randomNumbers, randomVector } from '../../../support/search-archive.ts';

const random = randomNumbers(21);

test('the module is what its source says', async () => {
  expect(readFileSync(scanModuleFile, 'utf8')).toBe(await scanModuleText());
});

/** Not a multiple of the 32 values that the kernel takes at once, among others. */
const SIZES = [8, 32, 50, 512, 768];
const ROWS = 131;

function filled(dimensions: number, vectorOf: (row: number) => Float32Array) {
  const matrix = residentMatrix(dimensions);
  for (let row = 0; row < ROWS; row += 1) matrix.put(row + 1, 1, vectorOf(row));
  const segment = matrix.segment(0);
  return { matrix, kernel: scanKernel(segment.memory, 1), places: placesOf(segment, dimensions) };
}

/** In whole numbers, which doubles hold exactly. */
function product(a: Int8Array, b: Int8Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

test.each(SIZES)('estimates are the products of whole numbers, with %i dimensions', (dimensions) => {
  const vectors = Array.from({ length: ROWS }, () => randomVector(random, dimensions));
  const { matrix, kernel, places } = filled(dimensions, (row) => vectors[row] as Float32Array);
  const query = quantise(randomVector(random, dimensions));
  const rows = [130, 0, 1, 77, 77];
  const estimates = [...kernel.estimates(query, places, rows)];
  rows.forEach((row, index) => {
    const held = quantise(vectors[row] as Float32Array, 119);
    expect(matrix.valuesAt(row)).toEqual(held.values);
    const expected = product(query.values, held.values) * held.scale * query.scale;
    expect(estimates[index]).toBeCloseTo(expected, 6);
  });
  expect([...kernel.estimates(query, places, [])]).toEqual([]);
});

test.each(SIZES)('bounds are made of the upper halves, with %i dimensions', (dimensions) => {
  const vectors = Array.from({ length: ROWS }, () => randomVector(random, dimensions));
  const { kernel, places } = filled(dimensions, (row) => vectors[row] as Float32Array);
  const query = quantise(randomVector(random, dimensions));
  for (const rows of [1, 64, 65, ROWS]) {
    const found = kernel.bounds(query, places, rows);
    const bounds = [...found.bounds];
    expect(bounds).toHaveLength(rows);
    vectors.slice(0, rows).forEach((vector, row) => {
      const { values, scale } = quantise(vector, 119);
      const upper = values.map((value) => 16 * Math.floor((value + 8) / 16));
      const { middle, spread } = boundOf(values, scale);
      const expected = middle * query.scale * product(query.values, upper) + spread;
      expect(bounds[row]).toBeCloseTo(expected, 5);
    });
    const chunks = Array.from({ length: Math.ceil(rows / 64) }, (_, at) =>
      bounds.slice(64 * at, 64 * at + 64),
    );
    expect([...found.maxima]).toEqual(chunks.map((chunk) => Math.max(...chunk)));
  }
});

const sign = () => (random() < 0.5 ? -1 : 1);
const unit = (vector: Float32Array) => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};
const base = randomVector(random, 512);
/** Vectors whose lower halves have something in common, which could lead a bound astray. */
const KINDS: Record<string, () => Float32Array> = {
  'spread evenly': () => randomVector(random, 512),
  'nearly all the same': () => unit(base.map((value) => value + 0.002 * (random() - 0.5))),
  'of two values': () => unit(Float32Array.from({ length: 512 }, sign)),
  'of few values that are not zero': () => {
    const vector = new Float32Array(512);
    for (let at = 0; at < 5; at += 1) vector[Math.floor(random() * 512)] = sign() * (1 + random());
    return unit(vector);
  },
  'with one value far beyond the others': () => {
    const vector = randomVector(random, 512);
    vector[7] = 0.8;
    return unit(vector);
  },
  'never below zero': () => unit(randomVector(random, 512).map(Math.abs)),
};

test.each(Object.entries(KINDS))('no estimate exceeds its bound among vectors %s', (kind, vectorOf) => {
  const vectors = Array.from({ length: ROWS }, vectorOf);
  const { kernel, places } = filled(512, (row) => vectors[row] as Float32Array);
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const queries = [
    ...vectors.slice(0, 20),
    ...Array.from({ length: 60 }, vectorOf),
    ...Array.from({ length: 20 }, () => randomVector(random, 512)),
  ];
  let widest = 0;
  for (const query of queries.map((vector) => quantise(vector))) {
    const bounds = [...kernel.bounds(query, places, ROWS).bounds];
    const estimates = [...kernel.estimates(query, places, rows)];
    for (const row of rows) {
      widest = Math.max(widest, Math.abs((bounds[row] as number) - (estimates[row] as number)));
      expect(estimates[row]).toBeLessThanOrEqual((bounds[row] as number) + 1e-6);
    }
  }
  // A bound that says nothing would be kept as well. Of one that lies far beyond the others, halves say little.
  expect(widest).toBeLessThan(kind.startsWith('with one') ? 0.5 : 0.2);
});

test.each([32, 50, 512])(
  'copies from the database become rows as if they were put there, with %i dimensions',
  (dimensions) => {
    const { matrix, kernel } = filled(dimensions, () => randomVector(random, dimensions));
    const segment = matrix.segment(0);
    const width = 2 * planeBytes(dimensions);
    const copies = Array.from({ length: 9 }, () => quantise(randomVector(random, dimensions)).values);
    copies.push(new Int8Array(dimensions).fill(-127), new Int8Array(dimensions).fill(127, 3, 5));
    copies.forEach((copy, row) => {
      kernel.staged.fill(0, row * width, (row + 1) * width);
      kernel.staged.set(copy, row * width);
    });
    kernel.split(copies.length, placesOf(segment, dimensions, 40), dimensions);
    copies.forEach((copy, row) => {
      const values = copy.map((value) => Math.sign(value) * Math.round((Math.abs(value) * 119) / 127));
      expect(readHalves(segment, 40 + row, planeBytes(dimensions), dimensions)).toEqual(values);
      const scale = 1 / Math.sqrt(Math.max(1, product(values, values)));
      const { middle, spread } = boundOf(values, scale);
      expect(segment.scales[40 + row]).toBeCloseTo(scale, 6);
      expect(segment.middles[40 + row]).toBeCloseTo(middle, 6);
      expect(segment.spreads[40 + row]).toBeCloseTo(spread, 3);
    });
    // The rows around them are as they were.
    expect(matrix.valuesAt(39).some((value) => value !== 0)).toBe(true);
    expect(segment.scales[51]).not.toBe(segment.scales[50]);
  },
);

test('is not asked where its instructions are unknown', async () => {
  vi.resetModules();
  vi.stubGlobal('WebAssembly', {
    Module: function refuse() {
      throw new TypeError('unknown instruction');
    },
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const fresh = await import('../../../../main/core/vectors/kernel/scan-kernel.ts');
  expect(fresh.canScan()).toBe(false);
  expect(canScan()).toBe(true);
});
