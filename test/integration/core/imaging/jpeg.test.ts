import sharp, { type JpegOptions } from 'sharp';
import { describe, expect, test } from 'vitest';

import { decodeJpeg } from '../../../../main/core/imaging/codecs/jpeg/decode-jpeg.ts';

const WIDTH = 61;
const HEIGHT = 45;

/** A smooth picture with edges, whose sides are no multiples of a block. */
function pattern(channels: 1 | 3): Buffer {
  const bytes = Buffer.alloc(WIDTH * HEIGHT * channels);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++)
      for (let channel = 0; channel < channels; channel++) {
        const disc = Math.hypot(x - 30, y - 20) < 12 ? 90 : 0;
        bytes[(y * WIDTH + x) * channels + channel] = (x * 2 + y * (channel + 1) + disc) & 0xff;
      }
  return bytes;
}

const encoded = (channels: 1 | 3, options: JpegOptions) =>
  sharp(pattern(channels), { raw: { width: WIDTH, height: HEIGHT, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .jpeg({ quality: 90, ...options })
    .toBuffer();

/** libjpeg's reading of the same bytes, as the independent one. */
const reference = (bytes: Buffer, space: 'b-w' | 'srgb') =>
  sharp(bytes).toColourspace(space).raw().toBuffer();

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (b[index] ?? Number.NaN))),
    0,
  );

const accept = () => undefined;

describe('against libjpeg', () => {
  test.each([
    ['baseline', {}],
    ['progressive', { progressive: true }],
    ['optimised scans', { progressive: true, optimiseScans: true, trellisQuantisation: true }],
    ['low quality', { quality: 20 }],
  ])('grey, %s: within one', async (_, options) => {
    const bytes = await encoded(1, options);
    const { values, components, precision } = decodeJpeg(bytes, accept);
    expect([components, precision]).toEqual([1, 8]);
    expect(largestDifference(values, await reference(bytes, 'b-w'))).toBeLessThanOrEqual(1);
  });

  test.each([
    ['4:4:4', {}],
    ['4:4:4', { progressive: true }],
    ['4:2:0', {}],
    ['4:2:0', { progressive: true }],
  ] as const)('colour, %s %o: within two after conversion', async (chromaSubsampling, options) => {
    const bytes = await encoded(3, { chromaSubsampling, ...options });
    const { values, components } = decodeJpeg(bytes, accept);
    expect(components).toBe(3);
    const rgb = Array.from({ length: WIDTH * HEIGHT }, (_, pixel) => {
      const [y = 0, blue = 0, red = 0] = values.subarray(pixel * 3, pixel * 3 + 3);
      return [
        y + 1.402 * (red - 128),
        y - 0.344136 * (blue - 128) - 0.714136 * (red - 128),
        y + 1.772 * (blue - 128),
      ];
    }).flat();
    const clamped = rgb.map((value) => Math.min(255, Math.max(0, Math.round(value))));
    expect(largestDifference(clamped, await reference(bytes, 'srgb'))).toBeLessThanOrEqual(2);
  });
});

/**
 * A lossless JPEG (ITU-T T.81 annex H) with a code of length 5 for every difference category.
 */
function losslessJpeg(values: readonly number[], width: number, predictor: number, restartRows = 0): Buffer {
  const height = values.length / width;
  const bits: number[] = [];
  const parts: number[] = [];
  const put = (value: number, length: number) => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  const flush = () => {
    while (bits.length % 8) bits.push(1);
    for (let at = 0; at < bits.length; at += 8) {
      const byte = bits.slice(at, at + 8).reduce((sum, bit) => sum * 2 + bit, 0);
      parts.push(byte, ...(byte === 0xff ? [0] : []));
    }
    bits.length = 0;
  };
  let firstRow = 0;
  values.forEach((value, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    if (restartRows && x === 0 && y > 0 && y % restartRows === 0) {
      flush();
      parts.push(0xff, 0xd0 + ((y / restartRows - 1) & 7));
      firstRow = y;
    }
    const [a = 0, b = 0, c = 0] = [values[index - 1], values[index - width], values[index - width - 1]];
    const inner =
      [0, a, b, c, a + b - c, a + ((b - c) >> 1), b + ((a - c) >> 1), (a + b) >> 1][predictor] ?? 0;
    const prediction = x === 0 ? (y === firstRow ? 32_768 : b) : y === firstRow ? a : inner;
    const difference = ((value - prediction + 32_768) & 0xffff) - 32_768;
    const category =
      difference === -32_768 ? 16 : difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
    put(category, 5);
    if (category > 0 && category < 16)
      put(difference > 0 ? difference : difference + 2 ** category - 1, category);
  });
  flush();
  const word = (value: number) => [value >> 8, value & 255];
  const symbols = Array.from({ length: 17 }, (_, category) => category);
  return Buffer.from([
    0xff, 0xd8,
    0xff, 0xc4, ...word(19 + 17), 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...symbols,
    0xff, 0xdd, ...word(4), ...word(restartRows * width),
    0xff, 0xc3, ...word(11), 16, ...word(height), ...word(width), 1, 1, 0x11, 0,
    0xff, 0xda, ...word(8), 1, 1, 0, predictor, 0, 0,
    ...parts,
    0xff, 0xd9,
  ]); // prettier-ignore
}

const extremes = [0, 65_535, 1, 40_000, 7, 32_768, 0, 65_535, 12, 300, 65_000, 5, 255, 256, 257, 0];

describe('lossless', () => {
  test.each([1, 2, 3, 4, 5, 6, 7])('predictor %i gives back 16-bit values', (predictor) => {
    const { values, precision, lossless } = decodeJpeg(losslessJpeg(extremes, 4, predictor), accept);
    expect([precision, lossless]).toEqual([16, true]);
    expect([...values]).toEqual(extremes);
  });

  test('restart intervals begin predictions anew', () => {
    const { values } = decodeJpeg(losslessJpeg(extremes, 4, 4, 2), accept);
    expect([...values]).toEqual(extremes);
  });
});

describe('refusals', () => {
  test('the header is shown before memory is taken', async () => {
    const stop = new Error('too large');
    const bytes = await encoded(1, {});
    const seen: number[] = [];
    const refuse = ({ width, height }: { width: number; height: number }) => {
      seen.push(width, height);
      throw stop;
    };
    expect(() => decodeJpeg(bytes, refuse)).toThrow(stop);
    expect(seen).toEqual([WIDTH, HEIGHT]);
  });

  test.each([{}, { progressive: true }])('%o, cut off anywhere, is never half a picture', async (options) => {
    const bytes = await encoded(1, options);
    // The last two bytes are the end marker; a baseline picture is whole without it.
    for (let length = bytes.length - 12; length > 4; length -= 37) {
      expect(() => decodeJpeg(bytes.subarray(0, length), accept)).toThrow(
        expect.objectContaining({ code: 'image.truncated' }),
      );
    }
  });
});
