import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

import { inspectSlide } from '../../../../../main/core/imaging/slide/inspect-slide.ts';
import { openSlide } from '../../../../../main/core/imaging/slide/open-slide.ts';
import { hasShared, shared } from '../../../../support/shared.ts';
import { temporaryFiles } from '../temporary-files.ts';

const file = temporaryFiles();
const width = 300;
const height = 200;
/** Different in every corner and along every edge. */
const picture = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
  const pixel = Math.floor(index / 3);
  return [(pixel % width) * 0.8, Math.floor(pixel / width) * 1.2, pixel % 7 === 0 ? 200 : 20][index % 3] ?? 0;
});

/** What libvips shows of the whole file, upright. */
async function shownByLibvips(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

describe('a slide whose TIFF says that it lies on its side', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('is shown as libvips turns it: orientation %d', async (orientation) => {
    const bytes = await sharp(picture, { raw: { width, height, channels: 3 } })
      .withMetadata({ orientation })
      .tiff({ tile: true, tileWidth: 64, tileHeight: 64, pyramid: true, xres: 1000, yres: 2000 })
      .toBuffer();
    const path = file(`${orientation}.tif`, bytes);
    const slide = await openSlide(path);
    const theirs = await shownByLibvips(bytes);
    expect([slide.width, slide.height]).toEqual([theirs.width, theirs.height]);
    const whole = { level: 0, x: 0, y: 0, w: slide.width, h: slide.height };
    expect(Buffer.from((await slide.readRegion(whole)).data).equals(Buffer.from(theirs.data))).toBe(true);
    // A part that reaches over tiles and beyond the edge, where there is white.
    const part = await slide.readRegion({ level: 0, x: slide.width - 90, y: 50, w: 100, h: 70 });
    for (let y = 0; y < 70; y++)
      for (let x = 0; x < 100; x++) {
        const inside = x < 90;
        const from = ((50 + y) * slide.width + slide.width - 90 + x) * 3;
        const wanted = inside ? [...theirs.data.subarray(from, from + 3)] : [255, 255, 255];
        expect([...part.data.subarray((y * 100 + x) * 3, (y * 100 + x) * 3 + 3)]).toEqual(wanted);
      }
    const isOnItsSide = orientation > 4;
    expect([slide.mppX, slide.mppY]).toEqual(isOnItsSide ? [0.5, 1] : [1, 0.5]);
    expect(slide.levels[1]).toMatchObject(
      isOnItsSide ? { width: 100, height: 150 } : { width: 150, height: 100 },
    );
    await slide.close();
    expect(await inspectSlide(path)).toMatchObject({ width, height });
  });
});

test.skipIf(!hasShared)(
  'the public one is upright for people, and as stored for comparing readers',
  async () => {
    const path = shared('data/slides/test_orient6.tif');
    const { tifffile } = (
      JSON.parse(readFileSync(shared('data/expected/slides.json'), 'utf8')) as {
        files: Record<string, { tifffile: Record<'level0_full' | 'lowest_level', { mean: number }> }>;
      }
    ).files['slides/test_orient6.tif'] as {
      tifffile: Record<'level0_full' | 'lowest_level', { mean: number }>;
    };
    const stored = await inspectSlide(path);
    expect([stored.width, stored.height]).toEqual([120, 180]);
    expect(stored.centre.mean[0]).toBeCloseTo(tifffile.level0_full.mean, 0);
    expect(stored.lowest?.mean[0]).toBeCloseTo(tifffile.lowest_level.mean, 0);
    const slide = await openSlide(path);
    const theirs = await shownByLibvips(readFileSync(path));
    const ours = await slide.readRegion({ level: 0, x: 0, y: 0, w: slide.width, h: slide.height });
    expect([ours.width, ours.height]).toEqual([180, 120]);
    expect([theirs.width, theirs.height]).toEqual([180, 120]);
    expect(ours.data.every((value, index) => Math.abs(value - (theirs.data[index] ?? 0)) <= 1)).toBe(true);
    expect(slide.notes).toEqual(['turned upright (TIFF orientation 6)']);
    await slide.close();
  },
);
