import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { openFile } from '../../../../main/core/imaging/open-file.ts';
import { inspectFile, type ImageInspection } from '../../../../main/core/imaging/inspect.ts';
import { hasShared, shared } from '../../../support/shared.ts';

/** What Pillow reads, by path. */
interface Reading {
  readonly outcome: string;
  readonly format?: string;
  readonly mode?: string;
  readonly has_icc?: boolean;
  readonly exif_orientation: number | null;
  readonly frames: number;
  readonly size_upright: readonly [number, number];
  readonly mean_rgb_over_white: readonly [number, number, number];
}

const readings: Readonly<Record<string, Reading>> = hasShared
  ? JSON.parse(readFileSync(shared('data', 'expected', 'images.json'), 'utf8')).files
  : {};

/** Icons and old-style JPEG in TIFF are not read. */
const unread = ['images/traps/favicon.png', 'images/traps/ojpeg-strip.tif'];

const readable = Object.entries(readings).filter(
  ([name, { outcome }]) => outcome === 'image' && !unread.includes(name),
);
const refused = Object.keys(readings).filter((name) => !readable.some(([other]) => other === name));

describe.skipIf(!hasShared)('pictures read as another reader reads them', () => {
  test.each(readable)('%s', async (name, expected) => {
    const found = (await inspectFile(shared('data', name))) as ImageInspection;
    expect([found.width, found.height]).toEqual(expected.size_upright);
    expect(found.orientation).toBe(expected.exif_orientation ?? 1);
    expect(found.frames).toBe(expected.format === 'TIFF' ? expected.frames : 1);
    // The reference applies no colour profile, and clips 16-bit grey instead of scaling it.
    if (expected.has_icc || expected.mode === 'I;16') return;
    found.rgb.mean.forEach((mean, primary) => {
      expect(Math.abs(mean - (expected.mean_rgb_over_white[primary] ?? Number.NaN))).toBeLessThan(0.6);
    });
  });
});

describe.skipIf(!hasShared)('what cannot be read whole is refused', () => {
  test.each(refused)('%s', async (name) => {
    const reading = openFile(shared('data', name)).then((file) => file.picture());
    await expect(reading).rejects.toMatchObject({ name: 'ArchiveError' });
  });

  test.each(['truncated.jpg', 'truncated.png', 'truncated.gif'])('%s is called truncated', async (name) => {
    const reading = openFile(shared('data', 'images', 'traps', name)).then((file) => file.picture());
    await expect(reading).rejects.toMatchObject({ code: 'image.truncated' });
  });
});

test.skipIf(!hasShared)('each page of a TIFF is a frame', async () => {
  const file = await openFile(shared('data', 'images', 'traps', 'G31D_MULTI.TIF'));
  expect(file.frames).toBe(2);
  const [first, second] = [await file.picture({ frame: 0 }), await file.picture({ frame: 1 })];
  expect(Buffer.compare(first.data, second.data)).not.toBe(0);
  await expect(file.picture({ frame: 2 })).rejects.toMatchObject({ code: 'image.frame-missing' });
});
