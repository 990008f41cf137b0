import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

import type { Preprocessing } from '../../../../main/core/encode/bundle.ts';
import { framing, preprocess, toTensor, type Picture } from '../../../../main/core/encode/preprocess.ts';
import { hasShared, shared } from '../../../support/shared.ts';

const clip: Preprocessing = {
  version: '1',
  sizePx: 224,
  resize: 'shortest',
  interpolation: 'bicubic',
  cropRounding: 'open_clip',
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** Numbers scattered over 0 to 255, the same in the script that asked Pillow. */
function scattered(width: number, height: number, channels: 1 | 3 | 4): Picture {
  const data = new Uint8Array(width * height * channels);
  for (let at = 0; at < data.length; at += 1) data[at] = Math.imul(at, 2654435761) >>> 24;
  return { width, height, channels, data };
}

// CRC-32 of Pillow 12.3's resize and crop of the same picture, converted to RGB.
test.each([
  [640, 480, 3, 'shortest', 'bicubic', 'open_clip', 224, 3809131102],
  [640, 480, 3, 'shortest', 'bilinear', 'open_clip', 224, 3708786612],
  [480, 641, 3, 'squash', 'bicubic', 'open_clip', 336, 2923402061],
  [333, 225, 3, 'shortest', 'bicubic', 'open_clip', 224, 1456457679],
  [333, 225, 3, 'shortest', 'bicubic', 'floor', 224, 951337720],
  [227, 224, 3, 'shortest', 'bicubic', 'open_clip', 224, 1881333499],
  [227, 224, 3, 'shortest', 'bicubic', 'floor', 224, 1588183545],
  [50, 31, 1, 'shortest', 'bilinear', 'open_clip', 224, 2082895835],
  [224, 224, 4, 'shortest', 'bicubic', 'open_clip', 224, 4247136265],
  [401, 224, 4, 'shortest', 'bicubic', 'open_clip', 224, 1661167864],
  [301, 500, 4, 'shortest', 'bicubic', 'floor', 225, 2728324991],
  [1, 1, 3, 'shortest', 'bicubic', 'open_clip', 224, 4099227012],
  [5, 4000, 3, 'squash', 'bilinear', 'open_clip', 224, 2876377096],
  [224, 900, 1, 'squash', 'bicubic', 'open_clip', 224, 2150228206],
  [40, 30, 3, 'shortest', 'bicubic', 'open_clip', 32, 3534225609],
] as const)('%d x %d, %d channels, %s, %s, %s to %d is what Pillow makes of it', (...row) => {
  const [width, height, channels, resize, interpolation, cropRounding, sizePx, expected] = row;
  const bytes = preprocess(scattered(width, height, channels), {
    ...clip,
    resize,
    interpolation,
    cropRounding,
    sizePx,
  });
  expect(crc32(bytes)).toBe(expected);
});

test.each([
  [225, 'open_clip', 0],
  [227, 'open_clip', 2],
  [227, 'floor', 1],
  [226, 'open_clip', 1],
] as const)('a side of %d pixels is cropped by %s from %d on', (width, cropRounding, from) => {
  expect(framing(width, 224, { ...clip, cropRounding }).columns).toEqual({ from, to: from + 224 });
});

test('a picture smaller than its sides say is refused', () => {
  const picture = { ...scattered(10, 10, 3), height: 11 };
  expect(() => preprocess(picture, clip)).toThrow(RangeError);
});

test('the tensor is channels first, scaled to [0, 1] and normalised', () => {
  const out = new Float32Array(2 + 12).fill(9);
  toTensor(Uint8Array.of(0, 1, 2, 255, 4, 5, 6, 7, 8, 9, 10, 11), { ...clip, sizePx: 2 }, out, 2);
  const at = (byte: number, channel: 0 | 1 | 2) => (byte / 255 - clip.mean[channel]) / clip.std[channel];
  const expected = [
    [0, 255, 6, 9].map((byte) => at(byte, 0)),
    [1, 4, 7, 10].map((byte) => at(byte, 1)),
  ].flat();
  expected.forEach((value, index) => expect(out[2 + index]).toBeCloseTo(value, 6));
  expect([...out.slice(0, 2)]).toEqual([9, 9]);
});

interface Expected {
  readonly file: string;
  readonly mode: string;
  readonly decoded_rgb_crc32: number;
}

describe.skipIf(!hasShared)('against open_clip and Pillow', () => {
  const folder = (...parts: string[]) => shared('reference', 'preprocess', ...parts);
  const items: readonly Expected[] = hasShared
    ? JSON.parse(readFileSync(folder('expected.json'), 'utf8')).items
    : [];

  test.each(items)('$file ($mode) is equal in every byte', async ({ file, mode, decoded_rgb_crc32 }) => {
    const picture = await decode(folder('input', file), mode);
    if (picture.channels === 3 && mode !== 'CMYK') expect(crc32(picture.data)).toBe(decoded_rgb_crc32);
    const name = folder('expected', file.replace(/\.\w+$/, ''));
    // Transparency is the one case where the reference resizes before it converts; see the fixtures' README.
    const expected =
      mode === 'RGBA' ? bytesOf(`${name}.npy`) : bytesOf(`${name}.rgb-first.npy`, `${name}.npy`);
    expect(Buffer.compare(preprocess(picture, clip), expected)).toBe(0);
  });
});

function bytesOf(...candidates: string[]): Uint8Array {
  for (const path of candidates) {
    try {
      const file = readFileSync(path);
      return file.subarray(10 + file.readUInt16LE(8));
    } catch {
      continue;
    }
  }
  throw new Error(`none of ${candidates.join(', ')}`);
}

/** As Pillow decodes: 16 bits clipped at 255, CMYK by plain arithmetic. */
async function decode(path: string, mode: string): Promise<Picture> {
  if (mode === 'CMYK') return await decodeCmyk(path);
  if (mode.startsWith('I')) {
    const { data, info } = await sharp(path)
      .toColourspace('grey16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    const wide = new Uint16Array(data.buffer, data.byteOffset, info.width * info.height);
    return {
      width: info.width,
      height: info.height,
      channels: 1,
      data: Uint8Array.from(wide, (value) => Math.min(value, 255)),
    };
  }
  const image = mode === 'P' ? sharp(path).removeAlpha() : sharp(path);
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels as 1 | 3 | 4, data };
}

async function decodeCmyk(path: string): Promise<Picture> {
  const { data, info } = await sharp(path)
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const rgb = new Uint8Array(info.width * info.height * 3);
  // sharp inverts Adobe's inverted inks or not, depending on the file's marker; ink is what makes dark.
  for (let pixel = 0; pixel < info.width * info.height; pixel += 1) {
    const black = 255 - (data[pixel * 4 + 3] as number);
    for (let channel = 0; channel < 3; channel += 1) {
      const product = (data[pixel * 4 + channel] as number) * black + 128;
      rgb[pixel * 3 + channel] = Math.max(0, black - (((product >> 8) + product) >> 8));
    }
  }
  return { width: info.width, height: info.height, channels: 3, data: rgb };
}
