import { expect, test } from 'vitest';
import type { RegionId } from '../../../preload/contract/ids.ts';
import { chipOf, stepped, subjectOf, type Part } from '../../../renderer/features/search/parts.ts';
import { Chip } from '../../../preload/contract/search.ts';

test.each([
  [1, false, 1, 1.1, false],
  [0.1, false, -1, 0.1, true],
  [0.1, true, 1, 0.1, false],
  [0.1, true, -1, 0.2, true],
  [2, false, 1, 2, false],
  [2, true, -1, 2, true],
] as const)('×%d (must not: %s) a step of %d on is ×%d (%s)', (weight, minus, by, next, isMinus) => {
  expect(stepped({ weight, minus }, by)).toEqual({ weight: next, minus: isMinus });
});

test('steps reach every weight from −2 to 2 but zero, and the contract takes each', () => {
  let at: Pick<Part, 'weight' | 'minus'> = { weight: 2, minus: false };
  const seen: number[] = [];
  for (let step = 0; step < 45; step += 1) {
    const chip = chipOf({ ...at, type: 'text', text: 'x', key: 1 });
    expect(Chip.parse(chip)).toEqual(chip);
    seen.push(chip.weight);
    at = stepped(at, -1);
  }
  const expected = Array.from({ length: 41 }, (_, place) => (20 - place) / 10).filter((one) => one !== 0);
  expect([...new Set(seen)]).toEqual(expected);
});

const common = { key: 1, weight: 1, minus: false };
const words: Part = { ...common, type: 'text', text: 'x' };
const picture: Part = { ...common, type: 'image', imageId: 'a', name: 'a.png', thumb: 'thumb/a' };
const learned: Part = { ...common, type: 'image', imageId: 'b', name: '3 examples', thumb: null };
const region: Part = { ...common, type: 'region', regionId: 1 as RegionId, name: 'region', thumb: null };

test.each([
  [[words, words], 'words'],
  [[picture], 'picture'],
  [[learned], 'examples'],
  [[region], 'region'],
  [[words, picture], 'query'],
  [[picture, learned], 'query'],
] as const)('a query of %j is asked with its %s', (parts, subject) => {
  expect(subjectOf(parts)).toBe(subject);
});
