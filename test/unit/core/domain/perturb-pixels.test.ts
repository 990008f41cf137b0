import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { perturb } from '../../../../main/core/domain/perturb-pixels.ts';
import { looksStained, perturbations, perturbedWindow } from '../../../../main/core/domain/perturbations.ts';
import type { Perturbation } from '../../../../preload/contract/stress.ts';

interface Fixture {
  readonly side: number;
  readonly picture: readonly number[];
  readonly changed: Readonly<Partial<Record<Perturbation, readonly number[]>>>;
}
const place = join(import.meta.dirname, '../../../fixtures/stress/changed.json');
const fixture = JSON.parse(readFileSync(place, 'utf8')) as Fixture;
const picture = Uint8Array.from(fixture.picture);

test.each(Object.entries(fixture.changed))('%s is what numpy and scipy make of it', (id, expected) => {
  const found = perturb(id as Perturbation, picture, fixture.side);
  const furthest = Math.max(...expected.map((value, at) => Math.abs(value - (found[at] as number))));
  // Whole numbers here, fractions there.
  expect(furthest).toBeLessThanOrEqual(0.501);
  expect(found).not.toEqual(picture);
});

test('every change but those of windows has its reference', () => {
  const pixels = perturbations.filter((id) => perturbedWindow(id, { center: 0, width: 100 }) === null);
  expect(pixels.toSorted()).toEqual(Object.keys(fixture.changed).toSorted());
});

test.each([
  ['window-darker', 120, 400],
  ['window-brighter', -40, 400],
  ['window-narrow', 40, 280],
  ['window-wide', 40, 600],
] as const)('%s of 40/400 is %d/%d', (id, center, width) => {
  expect(perturbedWindow(id, { center: 40, width: 400 })).toEqual({ center, width });
});

const plain = (...rgb: number[]) => Uint8Array.from({ length: 3 * 64 }, (_, at) => rgb[at % 3] as number);
test.each([
  ['pink', true, plain(225, 150, 195)],
  ['purple', true, plain(120, 70, 150)],
  ['grey', false, plain(120, 120, 120)],
  ['skin', false, plain(205, 160, 140)],
  ['retina', false, plain(190, 90, 40)],
  ['glass', false, plain(240, 238, 241)],
])('%s looks stained: %s', (_colour, expected, rgb) => {
  expect(looksStained(rgb)).toBe(expected);
});
