import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

import { openDicomSlide, wsiSeries } from '../../../../../main/core/imaging/slide/dicom/open-dicom-slide.ts';
import { buildDicom, type DicomElement } from '../../../../support/dicom-builder.ts';

const WHOLE_SLIDE = '1.2.840.10008.5.1.4.1.1.77.1.6';
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const TILE = 16;
interface Level {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly flavour?: string;
  /** Grid places that are there, in this order; left out: all of them, TILED_FULL. */
  readonly sparse?: readonly (readonly [column: number, row: number])[];
}

/** Each tile has one colour: its column and row. */
const colourOf = (column: number, row: number) => [10 + column * 20, 10 + row * 20, 100];

function folderOf(levels: readonly Level[], seriesUid = '2.25.5'): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-wsi-'));
  folders.push(folder);
  levels.forEach(({ name, width, height, flavour = 'VOLUME', sparse }, index) => {
    const columns = Math.ceil(width / TILE);
    const rows = Math.ceil(height / TILE);
    const all = Array.from(
      { length: columns * rows },
      (_, at) => [at % columns, Math.floor(at / columns)] as const,
    );
    const places = sparse ?? all;
    const pixels = places.flatMap(([column, row]) =>
      Array.from({ length: TILE * TILE }, () => colourOf(column, row)).flat(),
    );
    const position = ([column, row]: readonly [number, number]): DicomElement[] => [
      {
        tag: 0x0048021a,
        vr: 'SQ',
        value: [
          [
            { tag: 0x0048021e, vr: 'SL', value: [column * TILE + 1] },
            { tag: 0x0048021f, vr: 'SL', value: [row * TILE + 1] },
          ],
        ],
      },
    ];
    const bytes = buildDicom({
      columns: TILE, rows: TILE, frames: places.length, samples: 3, bitsAllocated: 8, pixels,
      sopClassUid: WHOLE_SLIDE, sopInstanceUid: `2.25.6.${index}`, seriesUid, modality: 'SM',
      elements: [
        { tag: 0x00080008, vr: 'CS', value: `ORIGINAL\\PRIMARY\\${flavour}\\NONE` },
        { tag: 0x00209311, vr: 'CS', value: sparse ? 'TILED_SPARSE' : 'TILED_FULL' },
        { tag: 0x00400512, vr: 'LO', value: 'BLOCK-7' },
        { tag: 0x00480006, vr: 'UL', value: [width] },
        { tag: 0x00480007, vr: 'UL', value: [height] },
        { tag: 0x00480105, vr: 'SQ', value: [[{ tag: 0x00480112, vr: 'DS', value: '20' }]] },
        { tag: 0x52009229, vr: 'SQ', value: [[{ tag: 0x00289110, vr: 'SQ', value: [[{ tag: 0x00280030, vr: 'DS', value: '0.0005\\0.00025' }]] }]] },
        ...(sparse ? [{ tag: 0x52009230, vr: 'SQ', value: places.map(position) }] : []),
      ],
    }); // prettier-ignore
    writeFileSync(join(folder, name), bytes);
  });
  return folder;
}

test('all levels of a series are one slide, by whichever it is opened', async () => {
  const folder = folderOf([
    { name: 'a-low', width: 24, height: 20 },
    { name: 'b-base.dcm', width: 96, height: 80 },
    { name: 'c-mid.dcm', width: 48, height: 40 },
    { name: 'd-label.dcm', width: 32, height: 32, flavour: 'LABEL' },
    { name: 'e-overview.dcm', width: 96, height: 40, flavour: 'OVERVIEW' },
  ]);
  for (const name of ['a-low', 'b-base.dcm']) {
    const slide = await openDicomSlide(join(folder, name));
    expect(slide.levels.map(({ width, height }) => [width, height])).toEqual([
      [96, 80],
      [48, 40],
      [24, 20],
    ]);
    // Pixel Spacing is down first, then across.
    expect([slide.mppX, slide.mppY, slide.objectivePower]).toEqual([0.25, 0.5, 20]);
    const { data } = await slide.readRegion({ level: 0, x: 33, y: 17, w: 1, h: 1 });
    expect([...data]).toEqual(colourOf(2, 1));
    await slide.close();
  }
  const { levels } = await wsiSeries(join(folder, 'a-low'));
  expect(levels[0]).toBe(join(folder, 'b-base.dcm'));
  expect(levels).toHaveLength(3);
});

test.each(['LABEL', 'OVERVIEW'])('a %s is never opened', async (flavour) => {
  const folder = folderOf([{ name: 'one.dcm', width: 32, height: 32, flavour }]);
  await expect(openDicomSlide(join(folder, 'one.dcm'))).rejects.toMatchObject({ code: 'file.sidecar' });
});

test('a slide of another series in the folder stays apart', async () => {
  const folder = folderOf([{ name: 'one.dcm', width: 96, height: 80 }]);
  const other = folderOf([{ name: 'two.dcm', width: 48, height: 40 }], '2.25.9');
  const { levels } = await wsiSeries(join(folder, 'one.dcm'));
  expect(levels).toHaveLength(1);
  expect((await wsiSeries(join(other, 'two.dcm'))).levels).toHaveLength(1);
});

test('sparse tiles lie where they say, and where none is there is white', async () => {
  const folder = folderOf([
    {
      name: 'sparse.dcm',
      width: 64,
      height: 48,
      sparse: [
        [3, 2],
        [1, 0],
      ],
    },
  ]);
  const slide = await openDicomSlide(join(folder, 'sparse.dcm'));
  const at = async (x: number, y: number) => [
    ...(await slide.readRegion({ level: 0, x, y, w: 1, h: 1 })).data,
  ];
  expect(await at(63, 47)).toEqual(colourOf(3, 2));
  expect(await at(20, 3)).toEqual(colourOf(1, 0));
  expect(await at(0, 0)).toEqual([255, 255, 255]);
  await slide.close();
});
