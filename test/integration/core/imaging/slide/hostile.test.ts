import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import {
  buildTiff,
  pixelStart,
  tiledEntries,
  type TiffEntry,
  type TiffForm,
} from '../../../../support/tiff-builder.ts';
import { hasShared, shared } from '../../../../support/shared.ts';
import { temporaryFiles } from '../temporary-files.ts';
import { dice, outcomeWithinLimits } from './within-limits.ts';

const file = temporaryFiles();
const TILE = 64;
const tileBytes = new Uint8Array(TILE * TILE * 3).fill(120);
let made = 0;

const outcome = (bytes: Uint8Array) => outcomeWithinLimits(file(`hostile-${made++}.tif`, bytes));

const page = (entries: readonly TiffEntry[] = [], form: TiffForm = {}, size = 200) =>
  buildTiff(
    [tiledEntries({ width: size, height: size, tile: TILE, entries }, pixelStart(form))],
    tileBytes,
    form,
  );

describe('a slide made to harm', () => {
  test('the same file without harm is read, in all four forms', async () => {
    for (const big of [false, true])
      for (const bigEndian of [false, true]) expect(await outcome(page([], { big, bigEndian }))).toBe('read');
  });

  const forms: readonly (readonly [string, Uint8Array])[] = [
    ['a directory that follows itself', page([], { lastNext: 8 + tileBytes.length })],
    ['a next directory past the end', page([], { lastNext: 0x7fffffff })],
    ['no tile width', page([{ tag: 322, type: 3, values: [0] }])],
    ['no tile height', page([{ tag: 323, type: 3, values: [0] }])],
    ['no size', page([{ tag: 256, type: 4, values: [0] }])],
    [
      'tiles of four billion pixels',
      page([
        { tag: 322, type: 4, values: [65_536] },
        { tag: 323, type: 4, values: [65_536] },
      ]),
    ],
    [
      'four billion tiles',
      page([
        { tag: 256, type: 4, values: [0x7fffffff] },
        { tag: 257, type: 4, values: [0x7fffffff] },
      ]),
    ],
    [
      'a table that claims four billion tiles',
      page([{ tag: 324, type: 4, values: [8], count: 0xffffffff, at: 8 }]),
    ],
    ['a table past the end', page([{ tag: 324, type: 4, values: [8], count: 16, at: 0x7ffffff0 }])],
    [
      'tiles past the end',
      page([{ tag: 324, type: 4, values: Array.from({ length: 16 }, () => 0x7ffffff0) }]),
    ],
    [
      'tiles of four billion bytes',
      page([{ tag: 325, type: 4, values: Array.from({ length: 16 }, () => 0xfffffff0) }]),
    ],
    ['a table that is too short', page([{ tag: 324, type: 4, values: [8, 8] }])],
    ['SubIFDs that lead back', page([{ tag: 330, type: 4, values: [8 + tileBytes.length] }])],
    ['ten thousand samples', page([{ tag: 277, type: 3, values: [10_000] }])],
    ['JPEG that is none', page([{ tag: 259, type: 3, values: [7] }])],
    ['JPEG 2000 that is none', page([{ tag: 259, type: 3, values: [33_003] }])],
    ['LZW that is none', page([{ tag: 259, type: 3, values: [5] }])],
    ['deflate that is none', page([{ tag: 259, type: 3, values: [8] }])],
    ['a compression nobody has', page([{ tag: 259, type: 3, values: [52_479] }])],
    ['nothing but a header', Buffer.from('II*\0\x08\0\0\0')],
  ];
  test.each(forms)('%s', async (_, bytes) => {
    expect(await outcome(bytes)).toMatch(/^slide\.unreadable$/);
  });

  test('cut anywhere it is read or refused, never half', async () => {
    const whole = page();
    for (let length = 9; length < whole.length; length += Math.ceil(whole.length / 40))
      expect(await outcome(whole.subarray(0, length))).toMatch(/^(slide|file)\./);
  });

  test.skipIf(!hasShared)('a real slide cut or with changed bytes ends in a fault or an answer', async () => {
    const real = readFileSync(shared('data/slides/openslide-fixtures/boxes.tiff'));
    const roll = dice(7);
    for (let round = 0; round < 60; round++) {
      const copy = Buffer.from(real);
      if (round % 3 === 0) await outcome(copy.subarray(0, roll(copy.length)));
      else {
        for (let times = 1 + roll(6); times > 0; times--) copy[roll(copy.length)] = roll(256);
        await outcome(copy);
      }
    }
  });
});
