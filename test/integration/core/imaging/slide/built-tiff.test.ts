import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

import { openSlide } from '../../../../../main/core/imaging/slide/open-slide.ts';
import type { Slide } from '../../../../../main/core/imaging/slide/slide.ts';
import { buildTiff, pixelStart, tiledEntries } from '../../../../support/tiff-builder.ts';
import { temporaryFiles } from '../temporary-files.ts';

const file = temporaryFiles();
const width = 700;
const height = 500;

/** Smooth colour with an edge, so that JPEG stays near and rows or channels in the wrong place show. */
const picture = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
  const pixel = Math.floor(index / 3);
  const x = pixel % width;
  const y = Math.floor(pixel / width);
  const wave = 120 + 60 * Math.sin(x / 40 + (index % 3)) + 50 * Math.cos(y / 55);
  return x > 400 && y < 100 ? 250 - (index % 3) * 100 : wave;
});
const drawn = () => sharp(picture, { raw: { width, height, channels: 3 } });

async function opened(
  name: string,
  bytes: Uint8Array,
  check: (slide: Slide) => Promise<void>,
): Promise<void> {
  const slide = await openSlide(file(name, bytes));
  try {
    await check(slide);
  } finally {
    await slide.close();
  }
}

/** Largest difference of a region to the same part of what libvips decodes of the same file. */
async function difference(slide: Slide, bytes: Uint8Array, x: number, y: number, w: number, h: number) {
  const ours = await slide.readRegion({ level: 0, x, y, w, h });
  const theirs = await sharp(bytes, { page: 0 })
    .removeAlpha()
    .toColourspace('srgb')
    .extract({ left: x, top: y, width: w, height: h })
    .raw()
    .toBuffer();
  let most = 0;
  ours.data.forEach((value, index) => (most = Math.max(most, Math.abs(value - (theirs[index] ?? 0)))));
  return most;
}

describe('pyramids that libtiff wrote', () => {
  test.each(['none', 'lzw', 'deflate', 'packbits', 'jpeg', 'webp'] as const)('%s', async (compression) => {
    for (const bigtiff of [false, true]) {
      const bytes = await drawn()
        .tiff({
          tile: true,
          tileWidth: 128,
          tileHeight: 128,
          pyramid: true,
          compression,
          bigtiff,
          quality: 90,
          xres: 2000,
          yres: 2000,
          resolutionUnit: 'cm',
        })
        .toBuffer();
      await opened(`${compression}-${bigtiff}.tif`, bytes, async (slide) => {
        expect(slide.levels.map((level) => [level.width, level.height])).toEqual([
          [700, 500],
          [350, 250],
          [175, 125],
          [87, 62],
        ]);
        expect(slide.levels[1]?.downsample).toBeCloseTo(2, 6);
        // 2,000 px per mm are 0.5 µm per pixel.
        expect(slide.mppX).toBeCloseTo(0.5, 6);
        expect(await difference(slide, bytes, 90, 60, 400, 300)).toBeLessThanOrEqual(2);
      });
    }
  });

  test('Zstandard, which this libtiff cannot write', async () => {
    const plain = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => index % 251);
    const tile = zstdCompressSync(plain);
    const entries = [
      { tag: 259, type: 3, values: [50_000] },
      { tag: 325, type: 4, values: [tile.length] },
    ] as const;
    const bytes = buildTiff(
      [tiledEntries({ width: 64, height: 64, tile: 64, entries }, pixelStart({}))],
      tile,
    );
    await opened('zstd.tif', bytes, async (slide) => {
      const { data } = await slide.readRegion({ level: 0, x: 0, y: 0, w: 64, h: 64 });
      expect(Buffer.compare(Buffer.from(data), Buffer.from(plain))).toBe(0);
    });
  });

  test.each(['ycc-422', 'ycc-444'])('Aperio 33003: %s in JPEG 2000 comes out as RGB', async (name) => {
    const tile = readFileSync(join(import.meta.dirname, `../../../../fixtures/imaging/${name}.j2k`));
    const entries = [
      { tag: 259, type: 3, values: [33_003] },
      { tag: 325, type: 4, values: [tile.length] },
    ] as const;
    const bytes = buildTiff(
      [tiledEntries({ width: 32, height: 32, tile: 32, entries }, pixelStart({}))],
      tile,
    );
    await opened(`${name}.tif`, bytes, async (slide) => {
      const { data } = await slide.readRegion({ level: 0, x: 0, y: 0, w: 32, h: 32 });
      const waves = (x: number, y: number) => [
        120 + 80 * Math.sin(x / 9),
        110 + 70 * Math.cos(y / 8),
        140 + 60 * Math.sin((x + y) / 11),
      ];
      let most = 0;
      data.forEach((value, index) => {
        const pixel = Math.floor(index / 3);
        most = Math.max(most, Math.abs(value - (waves(pixel % 32, Math.floor(pixel / 32))[index % 3] ?? 0)));
      });
      expect(most).toBeLessThan(name === 'ycc-422' ? 12 : 3);
    });
  });

  test('horizontal differencing', async () => {
    const bytes = await drawn()
      .tiff({ tile: true, pyramid: true, compression: 'lzw', predictor: 'horizontal' })
      .toBuffer();
    await opened('predictor.tif', bytes, async (slide) =>
      expect(await difference(slide, bytes, 0, 0, 700, 500)).toBe(0),
    );
  });

  test('a JPEG tile handed to a viewer decodes to the region it covers', async () => {
    const bytes = await drawn()
      .tiff({ tile: true, tileWidth: 128, tileHeight: 128, pyramid: true, compression: 'jpeg', quality: 90 })
      .toBuffer();
    await opened('raw.tif', bytes, async (slide) => {
      const tile = await slide.rawTile(0, 1, 1);
      const alone = await sharp(tile?.bytes).raw().toBuffer();
      const region = await slide.readRegion({ level: 0, x: 128, y: 128, w: 128, h: 128 });
      expect(Buffer.compare(alone, Buffer.from(region.data))).toBe(0);
    });
  });

  test('beyond the edge there is white', async () => {
    const bytes = await drawn().tiff({ tile: true, pyramid: true, compression: 'deflate' }).toBuffer();
    await opened('edge.tif', bytes, async (slide) => {
      const { data } = await slide.readRegion({ level: 0, x: -10, y: -10, w: 20, h: 20 });
      expect([...data.subarray(0, 3)]).toEqual([255, 255, 255]);
      expect([...data.subarray((10 * 20 + 10) * 3, (10 * 20 + 10) * 3 + 3)]).toEqual([
        ...picture.subarray(0, 3),
      ]);
      const past = await slide.readRegion({ level: 0, x: 690, y: 490, w: 20, h: 20 });
      expect([...past.data.subarray(-3)]).toEqual([255, 255, 255]);
    });
  });

  test.each([
    ['no area', { level: 0, x: 0, y: 0, w: 0, h: 5 }],
    ['no such level', { level: 9, x: 0, y: 0, w: 5, h: 5 }],
    ['more than memory', { level: 0, x: 0, y: 0, w: 100_000, h: 100_000 }],
  ])('a region with %s is refused', async (_, wish) => {
    const bytes = await drawn().tiff({ tile: true, pyramid: true }).toBuffer();
    await opened('refused.tif', bytes, async (slide) => {
      await expect(slide.readRegion(wish)).rejects.toMatchObject({ code: 'request.invalid' });
    });
  });
});
