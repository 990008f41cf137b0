import { describe, expect, test } from 'vitest';

import { greyFunction, lookupGrey, toGrey } from '../../../../main/core/domain/window-level.ts';
import {
  greyOf,
  paintColour,
  paintGrey,
  type GreyFrame,
  type ShownWindow,
} from '../../../../renderer/features/dicom/grey-window.ts';
import { sameWindow, windowsOf } from '../../../../renderer/features/dicom/windows.ts';

const frame = (change: Partial<GreyFrame> = {}): GreyFrame => ({
  is: 'grey',
  path: 'frame/00/00.bin' as GreyFrame['path'],
  rows: 1,
  columns: 1,
  format: 'int16',
  slope: 1,
  intercept: 0,
  stored: true,
  unit: 'HU',
  inverted: false,
  padding: null,
  window: { name: 'lung', center: -600, width: 1500, shape: 'linear' },
  lut: null,
  windows: [],
  ...change,
});
const lung: ShownWindow = { name: 'lung', center: -600, width: 1500, shape: 'linear' };
const greys = (words: Uint32Array) => [...words].map((word) => word & 0xff);

function painted(
  values: Parameters<typeof paintGrey>[1],
  facts: GreyFrame,
  window: ShownWindow,
  flipped = false,
): number[] {
  const out = new Uint32Array(values.length);
  paintGrey(out, values, facts, window, flipped);
  for (const word of out) expect(word >>> 24).toBe(255);
  return greys(out);
}

describe('the window on screen is the one the core computes', () => {
  const values = Int16Array.from({ length: 4096 }, (_, at) => at - 1500);
  test.each([
    [-600, 1500, 'linear'],
    [40, 80, 'linear'],
    [0, 1, 'linear'],
    [0.5, 0.25, 'linear-exact'],
    [-600, 1500, 'linear-exact'],
    [-600, 1500, 'sigmoid'],
  ] as const)('%d/%d %s', (center, width, shape) => {
    const ours = painted(values, frame(), { name: 'x', center, width, shape });
    expect(ours).toEqual([...toGrey(values, greyFunction({ center, width }, shape))]);
  });

  test('by table', () => {
    const entries = [0, 10, 100, 255];
    const lut = { first: -1, grey: entries };
    const theirs = lookupGrey({ first: -1, entries, bits: 8 });
    for (const value of [-5, -1, 0, 1, 2, 9])
      expect(greyOf({ ...lung, shape: 'lut' }, lut)(value)).toBeCloseTo(theirs(value), 6);
  });
});

test('rescale, padding and inversion', () => {
  const facts = frame({ slope: 2, intercept: -1000, padding: { low: -2000, high: -2000 } });
  const window: ShownWindow = { name: 'x', center: 0, width: 2000, shape: 'linear-exact' };
  expect(painted(Int16Array.of(0, 500, 1000, -2000), facts, window)).toEqual([0, 128, 255, 0]);
  expect(painted(Int16Array.of(0, 500, 1000, -2000), facts, window, true)).toEqual([255, 127, 0, 0]);
  const inverted = frame({ ...facts, inverted: true });
  expect(painted(Int16Array.of(0, 1000), inverted, window)).toEqual([255, 0]);
});

test.each([
  ['uint8', Uint8Array.of(0, 128, 255), { center: 128, width: 255 }, [0, 128, 254]],
  ['int8', Int8Array.of(-128, 0, 127), { center: 0, width: 255 }, [0, 128, 255]],
  ['uint16', Uint16Array.of(0, 40_000, 65_535), { center: 32_768, width: 65_536 }, [0, 156, 255]],
  ['float32', Float32Array.of(0, 0.5, Number.NaN), { center: 0.5, width: 1 }, [0, 128, 0]],
] as const)('%s values', (format, values, window, expected) => {
  const shown = painted(values, frame({ format }), { name: 'x', shape: 'linear-exact', ...window });
  shown.forEach((grey, at) => expect(Math.abs(grey - (expected[at] ?? NaN))).toBeLessThanOrEqual(1));
});

test('colour, and its negative', () => {
  const out = new Uint32Array(1);
  paintColour(out, Uint8Array.of(1, 2, 3), false);
  expect([...new Uint8Array(out.buffer)]).toEqual([1, 2, 3, 255]);
  paintColour(out, Uint8Array.of(1, 2, 3), true);
  expect([...new Uint8Array(out.buffer)]).toEqual([254, 253, 252, 255]);
});

test('a window of 512 by 512 pixels is painted within one refresh of the screen', () => {
  const values = Int16Array.from({ length: 512 * 512 }, (_, at) => (at * 7) % 4000);
  const out = new Uint32Array(values.length);
  const times = Array.from({ length: 15 }, (_, turn) => {
    const before = performance.now();
    paintGrey(out, values, frame(), { ...lung, center: turn }, false);
    return performance.now() - before;
  });
  // The quickest turn: the others tell how busy the machine is.
  expect(Math.min(...times)).toBeLessThan(16);
});

describe('windows to choose from', () => {
  const known = (name: string, center: number, width: number, explanation = '') => ({
    name,
    center,
    width,
    shape: 'linear' as const,
    explanation,
  });

  test('CT has its presets on the keys 1 to 5, the file’s own after them', () => {
    const windows = [
      known('lung', -600, 1500),
      known('bone', 400, 1800),
      known('file', 50, 300, 'SOFT TISSUE'),
    ];
    expect(windowsOf(frame({ windows })).map(({ key, text }) => [key, text])).toEqual([
      ['1', 'Lung'],
      ['2', 'Bone'],
      ['3', 'File: soft tissue'],
    ]);
  });

  test('others have the model’s window first, and the same one only once', () => {
    const window = { name: 'file', center: 50, width: 300, shape: 'sigmoid' } as const;
    const windows = [known('file', 50, 300), known('file-2', 60, 100)];
    const choices = windowsOf(frame({ window, windows }));
    expect(choices.map(({ key, text, window: { shape } }) => [key, text, shape])).toEqual([
      ['1', 'File', 'sigmoid'],
      ['2', 'File 2', 'linear'],
    ]);
    expect(choices.map((choice) => sameWindow(choice.window, window))).toEqual([true, false]);
  });
});
