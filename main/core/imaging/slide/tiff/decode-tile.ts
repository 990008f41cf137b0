import sharp from 'sharp';

import { decodeJp2kTile } from '../jp2k-tile.ts';
import { decodeJpegTile, joinJpeg, type JpegColour } from '../jpeg-tile.ts';
import { MOST_TILE_PIXELS } from '../slide.ts';
import type { Samples } from '../samples.ts';
import { unreadable } from '../slide-fault.ts';
import type { TiffPage } from './page.ts';
import { compression, undoPredictor, unpack } from './unpack.ts';

export const photometric = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  separated: 5,
  yCbCr: 6,
} as const;

/** Part of a tile that lies inside the page: what a decoder has to deliver at least. */
export interface TileSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes one stored tile.
 *
 * @param tables - of the JPEGTables entry.
 * @param planes - samples in the stored tile: all of a pixel, or one where planes are separate.
 * @param inside - the part of the tile that lies inside the page.
 * @throws ArchiveError `slide.unreadable`, `image.unreadable`.
 */
export async function decodeTile(
  bytes: Buffer,
  page: TiffPage,
  tables: Buffer,
  planes: number,
  inside: TileSize,
): Promise<Samples> {
  switch (page.compression) {
    case compression.jpeg:
    case compression.lossyJpeg:
      return fitted(await decodeJpegTile(joinJpeg(bytes, tables, jpegColour(page)), inside), page);
    case compression.aperioJp2kYcc:
      return fitted(await decodeJp2kTile(bytes, true, inside), page);
    case compression.aperioJp2kRgb:
    case compression.jp2k:
      return fitted(await decodeJp2kTile(bytes, page.photometric === photometric.yCbCr, inside), page);
    case compression.webp: {
      const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: MOST_TILE_PIXELS })
        .raw()
        .toBuffer({ resolveWithObject: true })
        .catch((error: unknown) => {
          throw unreadable('a tile could not be decoded', error);
        });
      return fitted({ ...info, data }, page);
    }
    default:
      return plain(bytes, page, planes, inside.height);
  }
}

/** The container decides: photometric 6 says YCbCr, 2 says that the components are RGB (TIFF technical note 2). */
export function jpegColour(page: TiffPage): JpegColour | null {
  if (page.samples !== 3) return null;
  return page.photometric === photometric.yCbCr ? 'ycbcr' : 'rgb';
}

/** Encoders may write a last tile or strip of another size than the grid's; its rows are laid out anew. */
export function fitted(samples: Samples, page: Pick<TiffPage, 'tileWidth' | 'tileHeight'>): Samples {
  const { width, height, channels, data } = samples;
  if (width === page.tileWidth) return samples;
  const rows = Math.min(height, page.tileHeight);
  const line = Math.min(width, page.tileWidth) * channels;
  const laid =
    data instanceof Uint16Array
      ? new Uint16Array(page.tileWidth * rows * channels)
      : new Uint8Array(page.tileWidth * rows * channels);
  for (let row = 0; row < rows; row++)
    laid.set(
      data.subarray(row * width * channels, row * width * channels + line),
      row * page.tileWidth * channels,
    );
  return { width: page.tileWidth, height: rows, channels, data: laid };
}

function plain(bytes: Buffer, page: TiffPage, channels: number, rowsInside: number): Samples {
  if (page.photometric === photometric.yCbCr) throw unreadable('YCbCr without JPEG');
  const width = page.tileWidth;
  // A tile is stored whole; a last strip has only the rows that are there.
  const height = page.tiled ? page.tileHeight : rowsInside;
  const count = width * height * channels;
  if (page.bits === 8) {
    const data = new Uint8Array(unpack(bytes, page.compression, count));
    if (page.predictor === 2) undoPredictor(data, width, height, channels);
    return { width, height, channels, data };
  }
  if (page.bits !== 16) throw unreadable(`${page.bits} bits per sample`);
  const raw = Buffer.from(new Uint8Array(unpack(bytes, page.compression, count * 2)).buffer);
  if (page.bigEndian) raw.swap16();
  const data = new Uint16Array(raw.buffer);
  if (page.predictor === 2) undoPredictor(data, width, height, channels);
  return { width, height, channels, data };
}
