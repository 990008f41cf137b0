import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';

import { greyFunction, toGrey, type VoiFunction } from '../../../../main/core/domain/window-level.ts';
import { openDicom } from '../../../../main/core/imaging/dicom/open-dicom.ts';

const root = join(import.meta.dirname, '../../../..');
const fixture = (name: string) => join(root, 'test/fixtures/imaging', name);
const slice = join(root, 'main/core/ingest/demo/ct-chest-normal-01.dcm');
/** Grey as pydicom computes it; `make.py` beside the fixtures says how. */
const expected = async (name: string) => sharp(fixture(name)).extractChannel(0).raw().toBuffer();

function largestDifference(ours: Uint8Array, theirs: Uint8Array): number {
  expect(ours.length).toBe(theirs.length);
  return ours.reduce((most, value, at) => Math.max(most, Math.abs(value - (theirs[at] ?? NaN))), 0);
}

test('the lung preset on a CT slice is pydicom’s, pixel for pixel within 1', async () => {
  const { picture } = await openDicom(slice);
  const { data } = await picture(0, 'lung');
  const grey = data.filter((_, at) => at % 3 === 0);
  expect(new Set(grey).size).toBeGreaterThan(50);
  expect(largestDifference(grey, await expected('lung-linear.png'))).toBeLessThanOrEqual(1);
});

test.each<[VoiFunction, string]>([
  ['linear', 'lung-linear.png'],
  ['linear-exact', 'lung-exact.png'],
  ['sigmoid', 'lung-sigmoid.png'],
])('the %s window is pydicom’s', async (shape, name) => {
  const { stored } = await openDicom(slice);
  const { values } = await stored(0);
  const hounsfield = Float32Array.from(values, (value) => value - 1024);
  const grey = toGrey(hounsfield, greyFunction({ center: -600, width: 1500 }, shape));
  expect(largestDifference(grey, await expected(name))).toBeLessThanOrEqual(1);
});

test('frames of odd length in big-endian words', async () => {
  const { stored } = await openDicom(fixture('words-big-endian.dcm'));
  for (const frame of [0, 1, 2])
    expect([...(await stored(frame)).values]).toEqual(Array.from({ length: 15 }, (_, at) => frame * 15 + at));
});
