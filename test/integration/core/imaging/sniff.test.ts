import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

import { sniff } from '../../../../main/core/imaging/sniff.ts';
import { buildDicom } from '../../../support/dicom-builder.ts';
import { hasShared, shared } from '../../../support/shared.ts';
import { temporaryFiles } from './temporary-files.ts';

const file = temporaryFiles();
const dicom = buildDicom({ columns: 2, rows: 1, pixels: [1, 2] });
const plain = sharp({ create: { width: 300, height: 300, channels: 3, background: '#abc' } });
const text = (words: string) => Buffer.from(words);

test.each([
  ['a.txt', () => dicom, { is: 'dicom', preamble: true }],
  ['b', () => dicom.subarray(132), { is: 'dicom', preamble: false }],
  ['c.jpg', () => plain.clone().png().toBuffer(), { is: 'image', format: 'png', pages: 1 }],
  ['d.dcm', () => plain.clone().jpeg().toBuffer(), { is: 'image', format: 'jpeg', pages: 1 }],
  ['e', () => plain.clone().tiff().toBuffer(), { is: 'image', format: 'tiff', pages: 1 }],
  [
    'f',
    () => plain.clone().tiff({ tile: true }).toBuffer(),
    { is: 'image', format: 'tiff', pages: 1, tiled: true },
  ],
  ['g', () => plain.clone().tiff({ bigtiff: true }).toBuffer(), { is: 'image', format: 'tiff', pages: 1 }],
  [
    'h',
    () => plain.clone().tiff({ tile: true, tileWidth: 64, tileHeight: 64, pyramid: true }).toBuffer(),
    { is: 'slide', what: 'tiled TIFF' },
  ],
  ['i', () => plain.clone().webp().toBuffer(), { is: 'image', format: 'webp', pages: 1 }],
  ['j', () => plain.clone().gif().toBuffer(), { is: 'image', format: 'gif', pages: 1 }],
  ['k', () => plain.clone().avif({ effort: 0 }).toBuffer(), { is: 'image', format: 'avif', pages: 1 }],
  ['l.mrxs', () => plain.clone().jpeg().toBuffer(), { is: 'slide', what: 'MIRAX' }],
  ['m.dcm', () => Buffer.alloc(0), { is: 'empty' }],
  ['n.dcm', () => text('not a picture at all'), { is: 'other', what: 'text' }],
  ['o', () => text('{"caption": "x"}'), { is: 'other', what: 'JSON' }],
  ['p', () => text('[unused0]\n[unused1]'), { is: 'other', what: 'text' }],
  ['q.png', () => text('<svg xmlns="http://www.w3.org/2000/svg"/>'), { is: 'other', what: 'SVG drawing' }],
  ['r.png', () => text('%PDF-1.7'), { is: 'other', what: 'PDF' }],
  ['s', () => text('PK\x03\x04rest'), { is: 'other', what: 'zip archive' }],
  ['t', () => text('BM\0\0\0\0'), { is: 'other', what: 'BMP picture' }],
  ['u', () => Buffer.from([0, 1, 2, 3]), { is: 'other', what: 'unknown' }],
  [
    'v',
    () => Buffer.concat([text('II*\0'), Buffer.alloc(124), dicom.subarray(128)]),
    { is: 'dicom', preamble: true },
  ],
] as const)('%s is told by its content', async (name, make, expected) => {
  expect(await sniff(file(name, await make()))).toEqual(expected);
});

describe.skipIf(!hasShared)('slides', () => {
  test.each([
    ['CMU-1-Small-Region.svs', 'slide'],
    ['openslide-fixtures/boxes.tiff', 'slide'],
    ['test3-DAPI-2-(387).ndpi', 'slide'],
    ['vsi/vsi-ets-test-jpg2k.vsi', 'slide'],
    ['BigTIFF.tif', 'image'],
    ['BigTIFFMotorola.tif', 'image'],
    ['multi-channel.ome.tif', 'image'],
    ['traps/small.svs', 'other'],
  ])('%s: %s', async (name, is) => {
    expect((await sniff(shared('data', 'slides', name))).is).toBe(is);
  });
});
