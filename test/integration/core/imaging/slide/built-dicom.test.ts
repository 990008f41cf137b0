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
  /** Of a concatenation: this part, of so many, has the frames from `first` on. */
  readonly part?: {
    readonly number: number;
    readonly total: number;
    readonly first: number;
    readonly frames: number;
  };
}

/** Each tile has one colour: its column and row. */
const colourOf = (column: number, row: number) => [10 + column * 20, 10 + row * 20, 100];

function folderOf(levels: readonly Level[], seriesUid = '2.25.5'): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-wsi-'));
  folders.push(folder);
  levels.forEach(({ name, width, height, flavour = 'VOLUME', sparse, part }, index) => {
    const columns = Math.ceil(width / TILE);
    const rows = Math.ceil(height / TILE);
    const all = Array.from(
      { length: columns * rows },
      (_, at) => [at % columns, Math.floor(at / columns)] as const,
    );
    const places = sparse ?? (part ? all.slice(part.first, part.first + part.frames) : all);
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
        ...(part ? [
          { tag: 0x00209161, vr: 'UI', value: '2.25.77' },
          { tag: 0x00209162, vr: 'US', value: [part.number] },
          { tag: 0x00209163, vr: 'US', value: [part.total] },
          { tag: 0x00209228, vr: 'UL', value: [part.first] },
        ] : []),
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

test('sparse tiles off the grid are put together, the first over the later', async () => {
  // In tiles: half a tile right and a quarter down, reaching over the edge, and one under the first.
  const sparse = [
    [1.5, 0.25],
    [3.5, 2.5],
    [2, 0],
  ] as const;
  const folder = folderOf([{ name: 'off.dcm', width: 64, height: 48, sparse }]);
  const slide = await openDicomSlide(join(folder, 'off.dcm'));
  const { data } = await slide.readRegion({ level: 0, x: 0, y: 0, w: 64, h: 48 });
  for (let y = 0; y < 48; y++)
    for (let x = 0; x < 64; x++) {
      const top = sparse.find(
        ([column, row]) =>
          x >= column * TILE && x < column * TILE + TILE && y >= row * TILE && y < row * TILE + TILE,
      );
      const wanted = top ? colourOf(top[0], top[1]) : [255, 255, 255];
      expect([x, y, ...data.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3)]).toEqual([x, y, ...wanted]);
    }
  expect(await slide.rawTile(0, 1, 0)).toBeNull();
  await slide.close();
});

test('an image that was split into a concatenation is one level, by whichever part it is opened', async () => {
  const size = { width: 96, height: 80 };
  const folder = folderOf([
    { name: 'z-one.dcm', ...size, part: { number: 1, total: 3, first: 0, frames: 7 } },
    { name: 'y-two.dcm', ...size, part: { number: 2, total: 3, first: 7, frames: 13 } },
    { name: 'x-three.dcm', ...size, part: { number: 3, total: 3, first: 20, frames: 10 } },
    { name: 'half.dcm', width: 48, height: 40 },
  ]);
  for (const name of ['z-one.dcm', 'x-three.dcm', 'half.dcm']) {
    const slide = await openDicomSlide(join(folder, name));
    expect(slide.levels.map(({ width }) => width)).toEqual([96, 48]);
    for (let row = 0; row < 5; row++)
      for (let column = 0; column < 6; column++) {
        const { data } = await slide.readRegion({
          level: 0,
          x: column * TILE + 3,
          y: row * TILE + 3,
          w: 1,
          h: 1,
        });
        expect([...data]).toEqual(colourOf(column, row));
      }
    expect(slide.notes).toEqual(['4 instances of one series']);
    await slide.close();
  }
  // The first part stands for all, so each file of it is the same content.
  expect((await wsiSeries(join(folder, 'y-two.dcm'))).levels[0]).toBe(join(folder, 'z-one.dcm'));

  rmSync(join(folder, 'y-two.dcm'));
  const torn = await openDicomSlide(join(folder, 'z-one.dcm'));
  expect(torn.notes.at(-1)).toBe('1 of 3 parts of a level are missing: white');
  const { data } = await torn.readRegion({ level: 0, x: 3 * TILE, y: 2 * TILE, w: 1, h: 1 });
  expect([...data]).toEqual([255, 255, 255]);
  await torn.close();
});
