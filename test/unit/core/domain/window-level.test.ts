import { describe, expect, test } from 'vitest';

import {
  greyFunction,
  isUsableWindow,
  lookUp,
  lookupGrey,
  toGrey,
} from '../../../../main/core/domain/window-level.ts';

describe('linear (PS3.3 C.11.2.1.2.1, with the worked examples of its note)', () => {
  test('centre 2048, width 4096', () => {
    const grey = greyFunction({ center: 2048, width: 4096 });
    expect(grey(0)).toBe(0);
    expect(grey(1)).toBeCloseTo((1 - 2047.5) / 4095 + 0.5, 12);
    expect(grey(2047.5)).toBe(0.5);
    expect(grey(4095)).toBe(1);
    expect(grey(4096)).toBe(1);
  });

  test('centre 2048, width 1 is a step at 2047.5', () => {
    const grey = greyFunction({ center: 2048, width: 1 });
    expect([2047, 2047.5, 2047.6, 2048].map(grey)).toEqual([0, 0, 1, 1]);
  });

  test('centre 0, width 100', () => {
    const grey = greyFunction({ center: 0, width: 100 });
    expect(grey(-50)).toBe(0);
    expect(grey(-49)).toBeCloseTo((-49 + 0.5) / 99 + 0.5, 12);
    expect(grey(49)).toBe(1);
    expect(grey(50)).toBe(1);
  });

  test('centre 0, width 1 is a step at -0.5', () => {
    const grey = greyFunction({ center: 0, width: 1 });
    expect([-1, -0.5, 0].map(grey)).toEqual([0, 0, 1]);
  });
});

test('linear exact (C.11.2.1.3.2) has no half pixel', () => {
  const grey = greyFunction({ center: 2048, width: 4096 }, 'linear-exact');
  expect([0, 1024, 2048, 4096, 5000].map(grey)).toEqual([0, 0.25, 0.5, 1, 1]);
});

test('sigmoid (C.11.2.1.3.1)', () => {
  const grey = greyFunction({ center: 100, width: 40 }, 'sigmoid');
  expect(grey(100)).toBe(0.5);
  expect(grey(120)).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  expect(grey(60) + grey(140)).toBeCloseTo(1, 12);
});

test('a look-up table takes its ends for values outside it', () => {
  const table = { first: -2, entries: [0, 64, 255], bits: 8 };
  expect([-9, -2, -1, 0, 7].map((value) => lookUp(table, value))).toEqual([0, 0, 64, 255, 255]);
  expect([-9, -1, 9].map(lookupGrey(table))).toEqual([0, 64 / 255, 1]);
});

test('grey bytes round, clip, invert, and take what is no number for black', () => {
  const grey = greyFunction({ center: 0.5, width: 1 }, 'linear-exact');
  expect([...toGrey([-1, 0, 0.5, 1, Number.NaN], grey)]).toEqual([0, 0, 128, 255, 0]);
  expect([...toGrey([-1, 0, 0.5, 1, Number.NaN], grey, true)]).toEqual([255, 255, 127, 0, 255]);
});

test.each([
  [{ center: 0, width: 0 }, 'linear', false],
  [{ center: 0, width: 0.5 }, 'linear', false],
  [{ center: 0, width: 0.5 }, 'linear-exact', true],
  [{ center: Number.NaN, width: 10 }, 'linear', false],
  [{ center: 0, width: 1 }, 'linear', true],
] as const)('window %o, %s: usable %s', (window, shape, usable) => {
  expect(isUsableWindow(window, shape)).toBe(usable);
});
