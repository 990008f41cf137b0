import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';

import { openFile } from '../../../../main/core/imaging/open-file.ts';
import { png, thumbnail, webp } from '../../../../main/core/imaging/thumbnail.ts';
import { plainTiff } from './plain-tiff.ts';
import { temporaryFiles } from './temporary-files.ts';

const file = temporaryFiles();
const open = async (name: string, image: Sharp, cap?: number) =>
  openFile(file(name, await image.toBuffer()), cap === undefined ? {} : { pixelCap: cap });

/** Left half red, right half blue, 40 by 20. */
const halves = (alpha = 1) =>
  sharp({
    create: { width: 40, height: 20, channels: 4, background: { r: 255, g: 0, b: 0, alpha } },
  }).composite([
    {
      input: { create: { width: 20, height: 20, channels: 4, background: { r: 0, g: 0, b: 255, alpha: 1 } } },
      left: 20,
      top: 0,
    },
  ]);

const at = ({ data, width }: { data: Uint8Array; width: number }, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

test('EXIF orientation is applied, and said', async () => {
  const opened = await open('turned.png', halves().png().withMetadata({ orientation: 6 }));
  expect([opened.width, opened.height]).toEqual([20, 40]);
  const picture = await opened.picture();
  expect([picture.width, picture.height]).toEqual([20, 40]);
  expect(at(picture, 10, 2)).toEqual([255, 0, 0]);
  expect(at(picture, 10, 37)).toEqual([0, 0, 255]);
  expect(picture.notes.join()).toContain('orientation 6');
});

test('transparent parts are white', async () => {
  const picture = await (await open('clear.png', halves(0).png())).picture();
  expect(at(picture, 2, 2)).toEqual([255, 255, 255]);
  expect(at(picture, 30, 2)).toEqual([0, 0, 255]);
});

test('an embedded profile is applied', async () => {
  const green = sharp({ create: { width: 4, height: 4, channels: 3, background: '#30c040' } });
  const plain = await (await open('plain.png', green.clone().png())).picture();
  const wide = await (await open('p3.png', green.clone().withIccProfile('p3').png())).picture();
  // The pixel was written in P3 coordinates; read back to sRGB it is the one that went in.
  expect(
    Math.max(...at(wide, 1, 1).map((value, index) => Math.abs(value - (at(plain, 1, 1)[index] ?? 0)))),
  ).toBeLessThan(4);
  expect(wide.notes.join()).toContain('ICC');
});

const ramp = (low: number, step: number) =>
  Array.from({ length: 10_000 }, (_, index) => low + (index % 1000) * step);

test.each([
  ['unsigned 16 bits', 16, 1, ramp(1000, 1)],
  ['signed 16 bits', 16, 2, ramp(-500, 1)],
  ['float', 32, 3, ramp(-0.5, 0.001)],
] as const)(
  'deep grey, %s, is shown between its percentiles, whatever its range',
  async (name, bits, format, values) => {
    const tiff = plainTiff({ width: 100, height: 100, samples: 1, photometric: 1, bits, format, values });
    const { data, window, notes } = await (await openFile(file(`${name}.tif`, tiff))).picture();
    const [low = 0, high = 0] = [values[5], values[994]];
    expect(window?.name).toBe('percentile-0.5-99.5');
    expect(((window?.center ?? 0) - (low + high) / 2) / (high - low)).toBeCloseTo(0, 2);
    expect((window?.width ?? 0) / (high - low)).toBeCloseTo(1, 2);
    expect([data[0], data[300], data[500 * 3], data[999 * 3]]).toEqual([
      0,
      expect.closeTo(24, -0.5),
      expect.closeTo(127, -0.5),
      255,
    ]);
    expect(notes.join()).toContain('percentile');
  },
);

test('an animation gives its first frame, and says so', async () => {
  const frames = Buffer.concat([Buffer.alloc(300, 10), Buffer.alloc(300, 200)]);
  const animation = sharp(frames, { raw: { width: 10, height: 20, channels: 3, pageHeight: 10 } });
  const opened = await open('moving.gif', animation.gif());
  expect([opened.frames, opened.height]).toEqual([1, 10]);
  const picture = await opened.picture();
  expect(at(picture, 5, 5)).toEqual([10, 10, 10]);
  expect(picture.notes.join()).toContain('first of 2 frames');
});

test('CMYK without a profile is converted arithmetically', async () => {
  const inks = [0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 128, 0, 0, 0, 255];
  const tiff = plainTiff({
    width: 2,
    height: 2,
    samples: 4,
    photometric: 5,
    bits: 8,
    format: 1,
    values: inks,
  });
  const opened = await openFile(file('inks.tif', tiff));
  expect(opened.attributes).toContainEqual({ name: 'colorSpace', text: 'cmyk' });
  const picture = await opened.picture();
  expect([at(picture, 0, 0), at(picture, 1, 0), at(picture, 0, 1), at(picture, 1, 1)]).toEqual([
    [255, 255, 255],
    [0, 255, 255],
    [127, 0, 127],
    [0, 0, 0],
  ]);
  expect(picture.notes.join()).toContain('CMYK');
});

describe('refusals', () => {
  test('no bytes, no picture, wrong name', async () => {
    await expect(openFile(file('nothing.png', Buffer.alloc(0)))).rejects.toMatchObject({
      code: 'file.empty',
    });
    await expect(openFile(file('words.png', Buffer.from('just words')))).rejects.toMatchObject({
      code: 'file.unsupported',
      details: { what: 'text' },
    });
    await expect(openFile(`${file('x', Buffer.of(1))}-absent`)).rejects.toMatchObject({
      code: 'file.missing',
    });
    const renamed = file('photo.txt', await halves().jpeg().toBuffer());
    expect((await openFile(renamed)).attributes).toContainEqual({ name: 'format', text: 'jpeg' });
  });

  test.each(['jpeg', 'png', 'webp', 'tiff', 'gif'] as const)(
    '%s cut in half is refused, not half grey',
    async (format) => {
      const noise = Buffer.from(
        Uint8Array.from({ length: 120 * 90 * 3 }, (_, index) => (index * 7919) % 251),
      );
      const whole = await sharp(noise, { raw: { width: 120, height: 90, channels: 3 } })
        .toFormat(format)
        .toBuffer();
      const half = file(`half.${format}`, whole.subarray(0, whole.length >> 1));
      const reading = openFile(half).then((opened) => opened.picture());
      await expect(reading).rejects.toMatchObject({
        code: expect.stringMatching(/^image\.(truncated|unreadable)$/),
      });
    },
  );

  test('more pixels than the cap, before any is decoded', async () => {
    const large = sharp({ create: { width: 300, height: 300, channels: 3, background: '#888' } });
    await expect(open('large.png', large.clone().png(), 80_000)).rejects.toMatchObject({
      code: 'image.too-large',
    });
    // A progressive picture is held whole by its decoder and may have an eighth.
    const progressive = large.clone().jpeg({ progressive: true });
    await expect(open('progressive.jpg', progressive, 100_000)).rejects.toMatchObject({
      code: 'image.too-large',
    });
    await expect(open('sequential.jpg', large.clone().jpeg(), 80_000)).resolves.toBeDefined();
  });

  test.each([
    ['rows of nine million pixels, each of which is held in bands', 9_568_320, 48, 'image.too-large'],
    ['more pixels than its bytes could become', 60_000, 8000, 'image.truncated'],
  ])('a PNG of %s takes no memory', async (_what, width, height, code) => {
    const noise = Buffer.from(Array.from({ length: 64 * 48 * 3 }, (_, at) => (at * 31) % 253));
    const bytes = await sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
      .png()
      .toBuffer();
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    const before = process.memoryUsage().rss;
    const reading = openFile(file('altered.png', bytes)).then((opened) => opened.picture());
    await expect(reading).rejects.toMatchObject({ code });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('a bomb: few bytes that say they are four thousand million pixels', async () => {
    const header = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const size = Buffer.from('0000ffff0000ffff0802000000', 'hex');
    const bomb = Buffer.concat([header, size, Buffer.alloc(64)]);
    const reading = openFile(file('bomb.png', bomb));
    await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/^image\./) });
  });
});

test('a picture larger than what is kept in memory is shrunk while it loads', async () => {
  const huge = sharp({ create: { width: 10_000, height: 8000, channels: 3, background: '#336699' } });
  const opened = await open('huge.jpg', huge.jpeg({ quality: 50 }));
  expect([opened.width, opened.height]).toEqual([10_000, 8000]);
  const picture = await opened.picture();
  expect(picture.width * picture.height).toBeLessThanOrEqual(64 * 1024 * 1024);
  expect(picture.width / picture.height).toBeCloseTo(1.25, 2);
  expect(picture.notes).toContain('shrunk while loading');
});

test('a name that looks like an option of the decoder is a name', async () => {
  expect((await open('scan [page=1]', halves().png())).width).toBe(40);
});

test('thumbnails keep the shape and never enlarge; PNG is lossless', async () => {
  const picture = await (await open('thumb.png', halves().png())).picture();
  const small = await sharp(await thumbnail(picture, 16)).metadata();
  expect([small.format, small.width, small.height]).toEqual(['webp', 16, 8]);
  const same = await sharp(await thumbnail(picture)).metadata();
  expect([same.width, same.height]).toEqual([40, 20]);
  const back = await sharp(await png(picture))
    .removeAlpha()
    .raw()
    .toBuffer();
  expect(Buffer.compare(back, Buffer.from(picture.data))).toBe(0);
  expect((await sharp(await webp(picture, 90)).metadata()).width).toBe(40);
});
