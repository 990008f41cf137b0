import { MOST_TILE_PIXELS } from '../slide.ts';
import { unreadable } from '../slide-fault.ts';
import type { TiffDirectory } from './directory.ts';

/** A page that is read by tile; a page of strips has tiles as wide as itself. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly tiled: boolean;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly columns: number;
  readonly rows: number;
  readonly compression: number;
  readonly photometric: number;
  readonly samples: number;
  /** 8 or 16. */
  readonly bits: number;
  /** Planes follow each other, each with tiles of its own. */
  readonly separate: boolean;
  /** 1 none, 2 horizontal differencing (TIFF 6.0 section 14). */
  readonly predictor: number;
  readonly extraSamples: readonly number[];
  /** NewSubfileType bit 0. */
  readonly reduced: boolean;
  readonly bigEndian: boolean;
  readonly directory: TiffDirectory;
}

const tag = {
  newSubfileType: 254, imageWidth: 256, imageLength: 257, bitsPerSample: 258, compression: 259, photometric: 262,
  samplesPerPixel: 277, rowsPerStrip: 278, planarConfiguration: 284, predictor: 317, tileWidth: 322, tileLength: 323,
  extraSamples: 338,
} as const; // prettier-ignore

const LARGEST_SIDE = 2 ** 31;
/** 500,000 × 500,000 px in tiles of 256 px. */
const MOST_TILES = 4 * 1024 * 1024;

/**
 * What a directory says of its picture, refused where it makes no sense before anything is allocated by it.
 *
 * @throws ArchiveError `slide.unreadable`.
 */
export async function describePage(directory: TiffDirectory, bigEndian: boolean): Promise<TiffPage> {
  const one = async (id: number, missing: number) => (await directory.number(id)) ?? missing;
  const width = await one(tag.imageWidth, 0);
  const height = await one(tag.imageLength, 0);
  const tiled = directory.has(tag.tileWidth) || directory.has(tag.tileLength);
  const tileWidth = tiled ? await one(tag.tileWidth, 0) : width;
  const tileHeight = tiled
    ? await one(tag.tileLength, 0)
    : Math.min(await one(tag.rowsPerStrip, height), height);
  for (const side of [width, height, tileWidth, tileHeight])
    if (!Number.isInteger(side) || side < 1 || side > LARGEST_SIDE) throw unreadable('a size makes no sense');
  if (tileWidth * tileHeight > MOST_TILE_PIXELS) throw unreadable('its tiles or strips are too large');
  const columns = Math.ceil(width / tileWidth);
  const rows = Math.ceil(height / tileHeight);
  if (columns * rows > MOST_TILES) throw unreadable('more tiles than any slide has');
  const bits = await directory.numbers(tag.bitsPerSample, 32);
  const samples = await one(tag.samplesPerPixel, 1);
  if (!Number.isInteger(samples) || samples < 1 || samples > 8) throw unreadable('samples per pixel');
  return {
    width,
    height,
    tiled,
    tileWidth,
    tileHeight,
    columns,
    rows,
    compression: await one(tag.compression, 1),
    photometric: await one(tag.photometric, 1),
    samples,
    bits: bits[0] ?? 1,
    separate: samples > 1 && (await one(tag.planarConfiguration, 1)) === 2,
    predictor: await one(tag.predictor, 1),
    extraSamples: [...(await directory.numbers(tag.extraSamples, 16))],
    reduced: ((await one(tag.newSubfileType, 0)) & 1) === 1,
    bigEndian,
    directory,
  };
}
