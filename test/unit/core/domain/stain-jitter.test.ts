import { expect, test } from 'vitest';

import { drawJitters, jitteredProfile, recolour } from '../../../../main/core/domain/stain-jitter.ts';
import { referenceStain } from '../../../../main/core/domain/stain.ts';

const none = { factor: 1, added: 0 };
const { haematoxylin, eosin, most } = referenceStain;

/** One pixel of known amounts of the two dyes. */
const pixel = (nuclei: number, pink: number) =>
  Uint8Array.from([0, 1, 2], (channel) =>
    Math.round(241 * Math.exp(-(nuclei * (haematoxylin[channel] ?? 0) + pink * (eosin[channel] ?? 0))) - 1),
  );

test('no change is no change, glass brighter than the lamp included', () => {
  const rgb = Uint8Array.of(255, 254, 250, 12, 200, 99, 0, 0, 0);
  const steps = { dyes: referenceStain, jitter: { haematoxylin: none, eosin: none }, target: null };
  expect(recolour(rgb, steps)).toEqual(rgb);
  expect(recolour(rgb, { ...steps, jitter: null })).toEqual(rgb);
});

test('a dye is multiplied, and a share of its 99th percentile is added', () => {
  const jitter = { haematoxylin: { factor: 1.2, added: 0 }, eosin: { factor: 1, added: 0.1 } };
  const changed = recolour(pixel(0.8, 0.4), { dyes: referenceStain, jitter, target: null });
  const wanted = pixel(0.8 * 1.2, 0.4 + 0.1 * most[1]);
  changed.forEach((value, index) => expect(Math.abs(value - (wanted[index] ?? 0))).toBeLessThanOrEqual(1));
  expect(jitteredProfile(referenceStain, jitter).most).toEqual([most[0] * 1.2, most[1] * 1.1]);
});

test('changes stay within sigma, differ from each other, and are the same the next time', () => {
  const draws = drawJitters(200, 0.05);
  const values = draws.flatMap(({ haematoxylin: blue, eosin: pink }) => [
    blue.factor - 1,
    blue.added,
    pink.factor - 1,
    pink.added,
  ]);
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.05);
  // Evenly drawn: the standard deviation is sigma / √3.
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  expect(deviation).toBeCloseTo(0.05 / Math.sqrt(3), 2);
  expect(new Set(values).size).toBe(values.length);
  expect(drawJitters(200, 0.05)).toEqual(draws);
});

test('what is normalised afterwards hardly feels a change of amounts alone', () => {
  const rgb = Uint8Array.from([pixel(1.2, 0.1), pixel(0.1, 0.6), pixel(0.6, 0.3)].flatMap((one) => [...one]));
  const jitter = { haematoxylin: { factor: 1.15, added: 0 }, eosin: { factor: 0.85, added: 0 } };
  const steps = { dyes: referenceStain, target: referenceStain };
  const plain = recolour(rgb, { ...steps, jitter: null });
  const changed = recolour(rgb, { ...steps, jitter });
  const apart = (a: Uint8Array, b: Uint8Array) =>
    Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? 0))));
  expect(apart(recolour(rgb, { ...steps, jitter, target: null }), rgb)).toBeGreaterThan(8);
  expect(apart(changed, plain)).toBeLessThanOrEqual(2);
});
