import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { normaliseStain, stainProfile, type StainVector } from '../../../../main/core/domain/stain.ts';
import { parseNpy } from '../../../../main/core/encode/npy.ts';

/** A picture of two dyes in known amounts, drawn by the law of Beer and Lambert. */
function stained(haematoxylin: StainVector, eosin: StainVector, strength = 1): Uint8Array {
  let state = 5;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return Uint8Array.from(
    Array.from({ length: 4000 }, () => {
      const amounts = next() < 0.3 ? [1.5 * next() + 0.3, 0.1 * next()] : [0.05 * next(), 1.2 * next() + 0.2];
      return [0, 1, 2].map((channel) => {
        const density =
          strength *
          ((amounts[0] ?? 0) * (haematoxylin[channel] ?? 0) + (amounts[1] ?? 0) * (eosin[channel] ?? 0));
        return Math.round(240 * Math.exp(-density));
      });
    }).flat(),
  );
}
const unit = (vector: StainVector): StainVector => {
  const length = Math.hypot(...vector);
  return [vector[0] / length, vector[1] / length, vector[2] / length];
};
const cosine = (a: StainVector, b: StainVector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

// Ruifrok and Johnston's vectors, not those of the reference.
const haematoxylin = unit([0.65, 0.704, 0.286]);
const eosin = unit([0.27, 0.68, 0.62]);

test('the dyes that a picture was drawn with are found again', () => {
  const profile = stainProfile(stained(haematoxylin, eosin));
  expect(profile).not.toBeNull();
  if (!profile) return;
  expect(cosine(profile.haematoxylin, haematoxylin)).toBeGreaterThan(0.99);
  expect(cosine(profile.eosin, eosin)).toBeGreaterThan(0.99);
});

test('glass has no stain to tell', () => {
  expect(stainProfile(new Uint8Array(3000).fill(240))).toBeNull();
});

test('two stainings of the same tissue are nearer to each other after normalisation', () => {
  const pale = stained(haematoxylin, eosin, 0.7);
  const strong = stained(unit([0.6, 0.72, 0.36]), unit([0.2, 0.75, 0.6]), 1.2);
  const distance = (a: Uint8Array, b: Uint8Array) =>
    a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
  const normal = [pale, strong].map((picture) => {
    const profile = stainProfile(picture);
    if (!profile) throw new Error('no profile');
    return normaliseStain(picture, profile);
  });
  const [a, b] = normal;
  if (!a || !b) throw new Error('no picture');
  expect(distance(a, b)).toBeLessThan(distance(pale, strong) / 3);
});

const fixtures = join(import.meta.dirname, '../../../fixtures/stain');
type Expected = Record<string, { haematoxylin: number[]; eosin: number[]; most: number[] }>;
const expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as Expected;
const picture = (name: string) =>
  parseNpy(readFileSync(join(fixtures, `${name}.npy`)), name).data as Uint8Array;

test.each(['usual', 'pale'])('%s: dyes, amounts and normalised pixels are those of NumPy', (name) => {
  const profile = stainProfile(picture(name));
  if (!profile) throw new Error('no profile');
  const close = (ours: readonly number[], theirs: readonly number[] = []) =>
    ours.forEach((value, index) => expect(value).toBeCloseTo(theirs[index] ?? NaN, 4));
  close(profile.haematoxylin, expected[name]?.haematoxylin);
  close(profile.eosin, expected[name]?.eosin);
  close(profile.most, expected[name]?.most);
  const ours = normaliseStain(picture(name), profile);
  const theirs = picture(`${name}-normal`);
  const apart = ours.map((value, index) => Math.abs(value - (theirs[index] ?? 0)));
  // A value that lies on the edge between two may be rounded either way.
  expect(Math.max(...apart)).toBeLessThanOrEqual(1);
  expect(apart.filter((value) => value > 0).length).toBeLessThan(apart.length / 1000);
});
