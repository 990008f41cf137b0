import { expect, test } from 'vitest';
import { seededRandom } from '../../../../main/core/domain/statistics/random.ts';
import { dot, normalised } from '../../../../main/core/domain/vector.ts';
import { type Examples, fitSeparator } from '../../../../main/core/search/fit-separator.ts';

const DIMENSIONS = 32;

/** Examples around one direction; the wanted ones lie `apart` further along the first axis. */
function examples(each: number, apart: number, seed: number, perPatient = 1): Examples {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const features = new Float32Array(2 * each * DIMENSIONS);
  const wanted = Int32Array.from({ length: 2 * each }, (_, index) => index % 2);
  wanted.forEach((kind, row) => {
    const vector = Float32Array.from({ length: DIMENSIONS }, (_, axis) => (axis === 1 ? 6 : 0) + normal());
    vector[0] = (vector[0] as number) + kind * apart;
    features.set(normalised(vector) as Float32Array, row * DIMENSIONS);
  });
  const patients = Array.from(wanted, (_, row) => `p${Math.floor(row / (2 * perPatient))}${row % 2}`);
  return { dimensions: DIMENSIONS, features, wanted, patients };
}

test('finds the direction, and says how well it tells others apart', () => {
  const fitted = fitSeparator(examples(40, 3, 1));
  expect(fitted.method).toBe('separator');
  expect(fitted.held?.auroc?.value).toBeGreaterThan(0.85);
  const axis = new Float32Array(DIMENSIONS);
  axis[0] = 1;
  expect(dot(fitted.direction as Float32Array, axis)).toBeGreaterThan(0.5);
});

test('of examples that nothing tells apart the estimate is chance', () => {
  const values = Array.from(
    { length: 20 },
    (_, seed) => fitSeparator(examples(15, 0, seed + 1)).held?.auroc?.value ?? 0,
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.06);
});

test('few examples, or those of one patient, are described by their means', () => {
  expect(fitSeparator(examples(4, 3, 2))).toMatchObject({ method: 'rocchio', other: null });
  const one = { ...examples(8, 3, 2), patients: Array.from({ length: 16 }, () => 'same') };
  expect(fitSeparator(one)).toMatchObject({ method: 'rocchio', held: null });
});
