import { expect, test } from 'vitest';

import { chooseWindow, ctPresets, type WindowFacts } from '../../../../main/core/domain/window-policy.ts';
import { ArchiveError } from '../../../../preload/contract/faults.ts';

const facts = (over: Partial<WindowFacts> = {}): WindowFacts => ({
  modality: 'CT',
  bodyPart: undefined,
  hounsfield: true,
  fileWindows: [],
  fileShape: 'linear',
  voiLut: null,
  bitsStored: 16,
  possible: () => ({ low: -1024, high: 3071 }),
  robust: () => ({ low: -1000, high: 900 }),
  ...over,
});

const window = (center: number, width: number) => ({ center, width, explanation: '' });

test.each([
  ['LUNG', [], 'lung'],
  ['CHEST', [], 'mediastinum'],
  ['CHEST', [window(-600, 1600)], 'lung'],
  ['THORAX', [window(40, 400)], 'mediastinum'],
  ['HEAD', [], 'brain'],
  ['ABDOMENPELVIS', [], 'abdomen'],
  ['CSPINE', [], 'bone'],
  [undefined, [window(35, 320)], 'file'],
  [undefined, [], 'soft-tissue'],
  ['FIGMENT', [], 'soft-tissue'],
] as const)('CT of %s with windows %o takes %s', (bodyPart, fileWindows, name) => {
  expect(chooseWindow(facts({ bodyPart, fileWindows })).name).toBe(name);
});

test('a preset that misses the values gives way to the file, then to the percentiles', () => {
  const robust = () => ({ low: 5000, high: 6000 });
  const bodyPart = 'HEAD';
  expect(chooseWindow(facts({ bodyPart, robust, fileWindows: [window(5500, 900)] })).name).toBe('file');
  expect(chooseWindow(facts({ bodyPart, robust }))).toEqual({
    name: 'percentile-1-99', center: 5500, width: 1000, shape: 'linear-exact',
  }); // prettier-ignore
});

test('a blank frame keeps its window, and is black without one', () => {
  const robust = () => ({ low: 0, high: 0 });
  expect(chooseWindow(facts({ robust, fileWindows: [window(5000, 100)] })).name).toBe('file');
  const { center, width } = chooseWindow(facts({ ...mr, robust }));
  expect(center - width / 2).toBe(0);
});

const mr = { modality: 'MR', hounsfield: false };

test('other modalities: file window, VOI LUT, 8 bits as they are, percentiles', () => {
  expect(chooseWindow(facts({ ...mr, fileWindows: [window(500, 0), window(300, 600)] }))).toMatchObject({
    name: 'file',
    center: 300,
  });
  expect(chooseWindow(facts({ ...mr, voiLut: { low: 0, high: 4095 } })).shape).toBe('lut');
  const possible = () => ({ low: 0, high: 255 });
  expect(chooseWindow(facts({ ...mr, bitsStored: 8, possible }))).toMatchObject({
    name: 'full-range',
    width: 255,
  });
  expect(chooseWindow(facts(mr)).name).toBe('percentile-1-99');
  expect(chooseWindow(facts({ ...mr, robust: () => null })).width).toBe(1);
});

test('over float values a linear window is taken without its half pixel', () => {
  const chosen = chooseWindow(
    facts({ ...mr, bitsStored: null, fileWindows: [window(0.5, 1)], robust: () => null }),
  );
  expect(chosen.shape).toBe('linear-exact');
});

test('windows by name and by number', () => {
  expect(chooseWindow(facts(), 'lung')).toEqual({ name: 'lung', ...ctPresets.lung, shape: 'linear' });
  expect(chooseWindow(facts({ fileWindows: [window(1, 2), window(3, 4)] }), 'file-2')).toMatchObject({
    center: 3,
  });
  expect(chooseWindow(facts(), { center: 10, width: 20 })).toMatchObject({ name: 'custom', center: 10 });
});

test.each(['nonsense', 'file', 'file-9', 'voi-lut', 'constructor'])(
  '%s is refused where the file has none',
  (name) => {
    expect(() => chooseWindow(facts(), name)).toThrow(ArchiveError);
  },
);
