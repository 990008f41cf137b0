// Long because every transfer of the standard that is built here bit by bit stands beside its expectation.
import { describe, expect, test } from 'vitest';

import { openDicom } from '../../../../main/core/imaging/dicom/open-dicom.ts';
import { openFile } from '../../../../main/core/imaging/open-file.ts';
import {
  buildDicom,
  textElement,
  type DicomElement,
  type DicomRecipe,
} from '../../../support/dicom-builder.ts';
import { temporaryFiles } from './temporary-files.ts';

const file = temporaryFiles();
let written = 0;
const write = (recipe: DicomRecipe) => file(`built-${written++}`, buildDicom(recipe));
const stored = async (recipe: DicomRecipe, frame = 0) => [
  ...(await (await openDicom(write(recipe))).stored(frame)).values,
];
const grey = async (recipe: DicomRecipe, options = {}) => {
  const { data } = await (await openFile(write(recipe))).picture(options);
  return [...data].filter((_, index) => index % 3 === 0);
};

const ramp = { columns: 3, rows: 2, pixels: [0, 1, 255, 256, 4095, 65_535] };
const window = (center: number, width: number): DicomElement[] => [
  textElement(0x00281050, 'DS', String(center)),
  textElement(0x00281051, 'DS', String(width)),
];

describe('stored values', () => {
  test.each(['implicit', 'explicit', 'big-endian', 'deflated'] as const)('%s', async (encoding) => {
    expect(await stored({ ...ramp, encoding })).toEqual(ramp.pixels);
  });

  test.each(['implicit', 'explicit', 'big-endian'] as const)('%s without preamble', async (encoding) => {
    expect(await stored({ ...ramp, encoding, preamble: false })).toEqual(ramp.pixels);
  });

  test('signed, and 32 bits', async () => {
    const pixels = [-5, -1, 0, 1, 5, 32_767];
    expect(await stored({ ...ramp, pixels, signed: true })).toEqual(pixels);
    const wide = [0, 1, 2, 3, 2 ** 31, 2 ** 32 - 1];
    expect(await stored({ ...ramp, pixels: wide, bitsAllocated: 32 })).toEqual(wide);
  });

  test('overlay bits above the high bit are kept out, and a sign within them is extended', async () => {
    const pixels = [0xf001, 0x0fff, 0x1800, 0, 0x87ff, 0x0800];
    const twelve = { ...ramp, pixels, bitsStored: 12 };
    expect(await stored(twelve)).toEqual([1, 0xfff, 0x800, 0, 0x7ff, 0x800]);
    expect(await stored({ ...twelve, signed: true })).toEqual([1, -1, -2048, 0, 2047, -2048]);
    expect(await stored({ ...twelve, bitsStored: 8, highBit: 11 })).toEqual([0, 255, 128, 0, 127, 128]);
  });

  test('one bit per pixel, frames not aligned to bytes', async () => {
    const pixels = [1, 0, 1, 1, 0, 0, 1, 0, 1];
    const recipe = { columns: 3, rows: 1, frames: 3, bitsAllocated: 1, pixels } as const;
    expect(await stored(recipe, 1)).toEqual([1, 0, 0]);
    expect(await stored(recipe, 2)).toEqual([1, 0, 1]);
  });

  test('float pixel data', async () => {
    expect(await stored({ ...ramp, float: true, pixels: [0, 0.5, -1, 1e9, 2, 3] })).toEqual([
      0, 0.5, -1, 1e9, 2, 3,
    ]);
  });

  test('colour by plane and by pixel, odd lengths', async () => {
    const recipe = {
      columns: 3,
      rows: 1,
      samples: 3,
      bitsAllocated: 8,
      pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    } as const;
    expect(await stored(recipe)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await stored({ ...recipe, planar: true })).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
  });

  test('only the asked frame, and a fault for one that is not there', async () => {
    const recipe = { columns: 2, rows: 1, frames: 2, pixels: [1, 2, 3, 4] };
    expect(await stored(recipe, 1)).toEqual([3, 4]);
    await expect(stored(recipe, 2)).rejects.toMatchObject({
      code: 'image.frame-missing',
      details: { frames: 2 },
    });
    await expect(stored(recipe, 0.5)).rejects.toMatchObject({ code: 'image.frame-missing' });
  });

  test('an extended offset table (VR OV) before the pixel data does not derail the reader', async () => {
    const offsets: DicomElement = { tag: 0x7fe00001, vr: 'OV', value: new Uint8Array(16) };
    expect(await stored({ ...ramp, elements: [offsets] })).toEqual(ramp.pixels);
  });
});

describe('RLE', () => {
  const segment = (...bytes: number[]) => (bytes.length % 2 ? [...bytes, 0] : bytes);
  const rle = (segments: number[][]) => {
    const header = Buffer.alloc(64);
    header.writeUInt32LE(segments.length, 0);
    let at = 64;
    segments.forEach((bytes, index) => {
      header.writeUInt32LE(at, 4 + index * 4);
      at += bytes.length;
    });
    return Buffer.concat([header, Buffer.from(segments.flat())]);
  };
  const recipe = { columns: 3, rows: 2, transferSyntaxUid: '1.2.840.10008.1.2.5' };

  test('16 bits, most significant byte first, runs and literals', async () => {
    const high = segment(0xfb, 1); // six times 1
    const low = segment(5, 10, 20, 30, 40, 50, 60);
    const fragments = [rle([high, low])];
    expect(await stored({ ...recipe, fragments })).toEqual([266, 276, 286, 296, 306, 316]);
  });

  test('a segment that ends early is truncated, a wrong count inconsistent', async () => {
    const short = [rle([segment(0xfb, 1), segment(2, 10, 20, 30)])];
    await expect(stored({ ...recipe, fragments: short })).rejects.toMatchObject({ code: 'dicom.truncated' });
    const one = [rle([segment(0xfb, 1)])];
    await expect(stored({ ...recipe, fragments: one })).rejects.toMatchObject({ code: 'dicom.inconsistent' });
  });
});

describe('display', () => {
  test('rescale, then the linear window of the standard', async () => {
    const elements = [
      ...window(0, 100),
      textElement(0x00281052, 'DS', '-10'),
      textElement(0x00281053, 'DS', '2'),
    ];
    // 2·x − 10 for these is −50, −49.., 0, 49, 90, 1000
    const pixels = [-20, -10, 5, 29, 50, 505];
    const expected = pixels.map((value) => {
      const x = value * 2 - 10;
      if (x <= -50) return 0;
      return x > 49 ? 255 : Math.round(((x + 0.5) / 99 + 0.5) * 255);
    });
    expect(await grey({ ...ramp, pixels, signed: true, elements })).toEqual(expected);
  });

  test('MONOCHROME1 is the inverse of MONOCHROME2, with an INVERSE presentation LUT as without', async () => {
    const elements = window(2048, 4096);
    const upright = await grey({ ...ramp, elements });
    const inverse = textElement(0x20500020, 'CS', 'INVERSE');
    const inverted = upright.map((value) => 255 - value);
    expect(await grey({ ...ramp, elements, photometric: 'MONOCHROME1' })).toEqual(inverted);
    expect(await grey({ ...ramp, elements: [...elements, inverse], photometric: 'MONOCHROME1' })).toEqual(
      inverted,
    );
    expect(await grey({ ...ramp, elements: [...elements, inverse] })).toEqual(inverted);
  });

  test('padding is black, also inverted, and leaves the percentiles alone', async () => {
    const padding: DicomElement = { tag: 0x00280120, vr: 'US', value: [65_535] };
    const pixels = [65_535, 100, 120, 140, 160, 200];
    const [first, ...others] = await grey({ ...ramp, pixels, elements: [padding] });
    expect(first).toBe(0);
    expect(others[0]).toBe(0);
    expect(others.at(-1)).toBe(255);
    const low: DicomElement = { ...padding, value: [0] };
    const below = { ...ramp, pixels: [0, 100, 120, 140, 160, 200], elements: [low] };
    expect((await grey({ ...below, photometric: 'MONOCHROME1' }))[0]).toBe(0);
  });

  test('the lung preset on Hounsfield units', async () => {
    const pixels = [-1024, -1350, -600, 0, 149, 3000];
    const elements = [textElement(0x00281052, 'DS', '0'), textElement(0x00180015, 'CS', 'LUNG')];
    const recipe: DicomRecipe = { ...ramp, pixels, signed: true, modality: 'CT', elements };
    const picture = await (await openFile(write(recipe))).picture();
    expect(picture.window).toEqual({ name: 'lung', center: -600, width: 1500 });
    const expected = pixels.map((x) =>
      Math.min(255, Math.max(0, Math.round(((x + 600.5) / 1499 + 0.5) * 255))),
    );
    expect([...picture.data].filter((_, index) => index % 3 === 0)).toEqual(expected);
  });

  test('modality LUT, then VOI LUT sequence', async () => {
    const lut = (tag: number, descriptor: number[], data: number[]): DicomElement => ({
      tag,
      vr: 'SQ',
      value: [[{ tag: 0x00283002, vr: 'US', value: descriptor }, { tag: 0x00283006, vr: 'US', value: data }]],
    }); // prettier-ignore
    const elements = [
      lut(0x00283000, [3, 0, 16], [10, 20, 30]),
      lut(
        0x00283010,
        [21, 10, 8],
        Array.from({ length: 21 }, (_, index) => index * 12),
      ),
    ];
    expect(await grey({ ...ramp, pixels: [0, 1, 2, 3, 9, 0], elements })).toEqual([0, 120, 240, 240, 240, 0]);
  });

  test('per-frame windows and rescale of enhanced multi-frame files', async () => {
    const group = (tag: number, elements: DicomElement[]): DicomElement => ({
      tag,
      vr: 'SQ',
      value: [elements],
    });
    const frame = (center: number, intercept: number): DicomElement[] => [
      group(0x00289132, window(center, 10)),
      group(0x00289145, [
        textElement(0x00281052, 'DS', String(intercept)),
        textElement(0x00281053, 'DS', '1'),
      ]),
    ];
    const elements: DicomElement[] = [{ tag: 0x52009230, vr: 'SQ', value: [frame(5, 0), frame(105, 100)] }];
    const recipe = { columns: 3, rows: 1, frames: 2, pixels: [0, 5, 9, 0, 5, 9], elements };
    expect(await grey(recipe, { frame: 1 })).toEqual(await grey(recipe, { frame: 0 }));
    expect(await grey(recipe, { frame: 1 })).toEqual([0, Math.round((0.5 / 9 + 0.5) * 255), 255]);
    const { window: applied } = await (await openFile(write(recipe))).picture({ frame: 1 });
    expect(applied).toEqual({ name: 'file', center: 105, width: 10 });
  });

  test('an unknown window is refused', async () => {
    await expect(grey(ramp, { window: 'nonsense' })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('colour', () => {
  const rgb = async (recipe: DicomRecipe) => [...(await (await openFile(write(recipe))).picture()).data];
  const pixel = { columns: 1, rows: 1, samples: 3, bitsAllocated: 8 } as const;

  test('YBR_FULL by the equations of PS3.3 C.7.6.3.1.2', async () => {
    expect(await rgb({ ...pixel, photometric: 'YBR_FULL', pixels: [76, 85, 255] })).toEqual([254, 0, 0]);
    expect(await rgb({ ...pixel, photometric: 'YBR_FULL', pixels: [128, 128, 128] })).toEqual([
      128, 128, 128,
    ]);
  });

  test('YBR_FULL_422 shares its colour differences between two pixels', async () => {
    const recipe = { ...pixel, columns: 2, photometric: 'YBR_FULL_422', pixels: [76, 76, 85, 255] };
    expect(await rgb(recipe)).toEqual([254, 0, 0, 254, 0, 0]);
  });

  test('16-bit colour keeps its high bits', async () => {
    expect(await rgb({ ...pixel, bitsAllocated: 16, pixels: [0xffff, 0x80ff, 0] })).toEqual([255, 128, 0]);
  });

  const palette = (tables: readonly (readonly number[])[], bits: number, segmented = false): DicomElement[] =>
    tables.flatMap((data, index) => [
      { tag: 0x00281101 + index, vr: 'US', value: [4, 10, bits] },
      { tag: (segmented ? 0x00281221 : 0x00281201) + index, vr: 'OW', value: data },
    ]);
  const indexed = {
    columns: 5,
    rows: 1,
    bitsAllocated: 8,
    photometric: 'PALETTE COLOR',
    pixels: [0, 10, 12, 13, 99],
  } as const;

  test('palettes of 8 and 16 bits take their ends beyond them', async () => {
    const ends = [5, 5, 7, 8, 8];
    const expected = ends.flatMap((value) => [value, value * 2, value * 3]);
    const tables = [5, 6, 7, 8];
    const of = (scale: number) => [1, 2, 3].map((factor) => tables.map((value) => value * factor * scale));
    expect(await rgb({ ...indexed, elements: palette(of(1), 8) })).toEqual(expected);
    expect(await rgb({ ...indexed, elements: palette(of(256), 16) })).toEqual(expected);
  });

  test('segmented palettes: discrete, linear, indirect', async () => {
    const discreteThenLinear = [0, 2, 256, 512, 1, 2, 1024]; // 256 512 768 1024
    const indirect = [0, 2, 256, 512, 2, 1, 0, 0]; // 256 512, then the first segment again
    const elements = palette([discreteThenLinear, indirect, discreteThenLinear], 16, true);
    expect(await rgb({ ...indexed, elements })).toEqual([1, 1, 1, 1, 1, 1, 3, 1, 3, 4, 2, 4, 4, 2, 4]);
  });

  test('a palette without tables is refused', async () => {
    await expect(rgb(indexed)).rejects.toMatchObject({ code: 'dicom.inconsistent' });
  });
});

describe('refusals', () => {
  const open = (recipe: DicomRecipe) => openFile(write(recipe)).then((opened) => opened.picture());
  const storage = '1.2.840.10008.5.1.4.1.1.';

  test.each([
    [
      'video',
      { ...ramp, fragments: [Buffer.alloc(8)], transferSyntaxUid: '1.2.840.10008.1.2.4.102' },
      'dicom.video',
    ],
    [
      'an unknown syntax',
      { ...ramp, fragments: [Buffer.alloc(8)], transferSyntaxUid: '1.2.3' },
      'dicom.transfer-syntax',
    ],
    [
      'no codestream',
      { ...ramp, fragments: [Buffer.alloc(64)], transferSyntaxUid: '1.2.840.10008.1.2.4.90' },
      'dicom.truncated',
    ],
    ['too few pixels', { ...ramp, pixels: [1, 2, 3] }, 'dicom.truncated'],
    ['an unknown photometric', { ...ramp, photometric: 'CMYK' }, 'dicom.photometric'],
    ['samples that do not fit', { ...ramp, photometric: 'RGB' }, 'dicom.inconsistent'],
    ['more bits stored than allocated', { ...ramp, bitsStored: 17 }, 'dicom.inconsistent'],
    ['no rows', { ...ramp, without: [0x00280010] }, 'dicom.inconsistent'],
    ['sides out of all proportion', { ...ramp, rows: 65_535, columns: 65_535 }, 'image.too-large'],
    ['a report', { columns: 1, rows: 1, sopClassUid: `${storage}88.11` }, 'file.no-picture'],
    ['a whole slide', { ...ramp, sopClassUid: `${storage}77.1.6` }, 'file.unsupported'],
    ['a directory', { ...ramp, sopClassUid: '1.2.840.10008.1.3.10' }, 'file.sidecar'],
  ] as const)('%s: %s', async (_, recipe, code) => {
    await expect(open(recipe as DicomRecipe)).rejects.toMatchObject({ code });
  });

  test('a file that changed size between its frames is not mixed up', async () => {
    const path = write({ ...ramp, frames: 1 });
    const opened = await openFile(path);
    file(path.split('/').at(-1) ?? '', buildDicom({ ...ramp, elements: window(1, 2) }));
    await expect(opened.picture()).rejects.toMatchObject({ code: 'file.changed' });
  });
});
