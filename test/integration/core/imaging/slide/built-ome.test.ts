import { expect, test } from 'vitest';

import { openTiffSlide } from '../../../../../main/core/imaging/slide/tiff/open-tiff-slide.ts';
import { buildTiff, pixelStart, tiledEntries, type TiffEntry } from '../../../../support/tiff-builder.ts';
import { temporaryFiles } from '../temporary-files.ts';

const file = temporaryFiles();
const TILE = 32;

/** Colours are signed RGBA: red is 0xFF0000FF, green 0x00FF00FF. */
const xml = `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
  <Instrument><Objective NominalMagnification="20"/></Instrument>
  <Image><Pixels DimensionOrder="XYCZT" SizeX="32" SizeY="32" SizeC="2" SizeZ="1" SizeT="1" Type="uint16"
    PhysicalSizeX="500" PhysicalSizeXUnit="nm" PhysicalSizeY="0.5" PhysicalSizeYUnit="um">
    <Channel Name="A" Color="-16776961" SamplesPerPixel="1"/><Channel Name="B" Color="16711935" SamplesPerPixel="1"/>
  </Pixels></Image></OME>`;

test('channels of 16 bits are added up in their colours, each in its own window', async () => {
  const pixels = Buffer.alloc(TILE * TILE * 4);
  for (let y = 0; y < TILE; y++)
    for (let x = 0; x < TILE; x++) {
      // The first rises to the right up to 3,100, the second downwards up to 62,000.
      pixels.writeUInt16LE(x * 100, (y * TILE + x) * 2);
      pixels.writeUInt16LE(y * 2000, TILE * TILE * 2 + (y * TILE + x) * 2);
    }
  const page = (index: number): TiffEntry[] => {
    const at = pixelStart({}) + index * TILE * TILE * 2;
    const entries: TiffEntry[] = index === 0 ? [{ tag: 270, type: 2, values: xml }] : [];
    return tiledEntries({ width: TILE, height: TILE, tile: TILE, samples: 1, bits: 16, entries }, at);
  };
  const slide = await openTiffSlide(file('two.ome.tif', buildTiff([page(0), page(1)], pixels)));
  expect(slide.vendor).toBe('ome-tiff');
  expect([slide.mppX, slide.mppY, slide.objectivePower]).toEqual([0.5, 0.5, 20]);
  const { data } = await slide.readRegion({ level: 0, x: 0, y: 0, w: TILE, h: TILE });
  const at = (x: number, y: number) => [...data.subarray((y * TILE + x) * 3, (y * TILE + x) * 3 + 3)];
  expect(at(0, 0)).toEqual([0, 0, 0]);
  expect(at(31, 0)).toEqual([255, 0, 0]);
  expect(at(0, 31)).toEqual([0, 255, 0]);
  expect(at(31, 31)).toEqual([255, 255, 0]);
  const [red = 0, green = 0] = at(16, 8);
  expect(Math.abs(red - (255 * 16) / 31)).toBeLessThan(8);
  expect(Math.abs(green - (255 * 8) / 31)).toBeLessThan(8);
  await slide.close();
});
