import sharp from 'sharp';

import type { FileBytes } from '../../file-bytes.ts';
import { decodeJp2kTile } from '../jp2k-tile.ts';
import { decodeJpegTile } from '../jpeg-tile.ts';
import type { Samples } from '../samples.ts';
import { MOST_TILE_PIXELS } from '../slide.ts';
import { unreadable } from '../slide-fault.ts';
import { fitted } from '../tiff/decode-tile.ts';
import { etsTiles, type EtsExtent, type EtsHeader } from './ets-table.ts';

/** Which tiles of a stack make up the picture. */
export interface EtsPlan {
  /** Pixels of the largest level. */
  readonly width: number;
  readonly height: number;
  /** Coordinates that tiles of the picture have, by axis; axes that are not named must be 0. */
  readonly fixed: ReadonlyMap<number, number>;
  /** The axis that counts channels; null where all samples of a pixel lie in one tile. */
  readonly channelAxis: number | null;
  readonly channels: number;
}

/** One resolution of the picture. */
export interface EtsLevel {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  /** Null where nothing was scanned. @throws ArchiveError `slide.unreadable`. */
  samples(column: number, row: number, channel: number): Promise<Samples | null>;
  /** A stored JPEG of colour or grey as it is; null for all else. */
  jpeg(column: number, row: number): Promise<Buffer | null>;
}

/** Compression of tiles as the header numbers it. */
const compression = { none: 0, jpeg: 2, jpeg2000: 3, losslessJpeg: 5, png: 8 } as const;
const known: ReadonlySet<number> = new Set(Object.values(compression));
/** 500,000 × 500,000 px in tiles of 256 px, all channels of a level together. */
const MOST_PLACES = 4 * 1024 * 1024;
const MOST_TILE_BYTES = 128 * 1024 * 1024;

/**
 * The levels of a picture, largest first; each is half the one before, rounded up. Tiles outside of the picture's size
 * are not part of it.
 *
 * @throws ArchiveError `slide.unreadable`.
 */
export async function etsLevels(
  file: FileBytes,
  header: EtsHeader,
  extent: EtsExtent,
  plan: EtsPlan,
): Promise<EtsLevel[]> {
  if (!known.has(header.compression)) throw unreadable(`compression ${header.compression}`);
  const { tileWidth, tileHeight } = header;
  const grids = Array.from({ length: extent.levels }, (_, level) => {
    const width = Math.ceil(plan.width / 2 ** level);
    const height = Math.ceil(plan.height / 2 ** level);
    const columns = Math.ceil(width / tileWidth);
    const rows = Math.ceil(height / tileHeight);
    const places = columns * rows * plan.channels;
    if (places > MOST_PLACES) throw unreadable('more tiles than any slide has');
    return { width, height, columns, rows, filled: 0, places };
  }).map((grid) => ({
    ...grid,
    offsets: new Float64Array(grid.places),
    lengths: new Uint32Array(grid.places),
  }));
  for await (const tiles of etsTiles(file, header))
    for (const { coordinates, level, offset, bytes } of tiles) {
      const grid = grids[level];
      const channel = plan.channelAxis === null ? 0 : (coordinates[plan.channelAxis] ?? 0);
      const [column = 0, row = 0] = coordinates;
      if (!grid || column >= grid.columns || row >= grid.rows || channel >= plan.channels) continue;
      if (!isOfPlane(coordinates, header, plan)) continue;
      const place = (channel * grid.rows + row) * grid.columns + column;
      grid.offsets[place] = offset;
      grid.lengths[place] = bytes;
      grid.filled += 1;
    }
  // A level without tiles, and all below it, was never written.
  const end = grids.findIndex(({ filled }) => filled === 0);
  return grids.slice(0, end < 0 ? grids.length : end).map((grid) => {
    const { width, height, columns, rows } = grid;
    const stored = async (column: number, row: number, channel: number): Promise<Buffer | null> => {
      const place = (channel * rows + row) * columns + column;
      const offset = grid.offsets[place] ?? 0;
      const length = grid.lengths[place] ?? 0;
      if (offset === 0 || length === 0) return null;
      if (length > MOST_TILE_BYTES) throw unreadable('a tile is too large');
      if (offset + length > file.size) throw unreadable('a tile lies outside the file');
      return await file.read(offset, length);
    };
    return {
      width,
      height,
      columns,
      rows,
      samples: async (column, row, channel) => {
        const bytes = await stored(column, row, channel);
        return bytes && (await decode(bytes, header));
      },
      jpeg: async (column, row) =>
        header.compression === compression.jpeg && header.pixelType === 2
          ? await stored(column, row, 0)
          : null,
    };
  });
}

function isOfPlane(coordinates: readonly number[], header: EtsHeader, plan: EtsPlan): boolean {
  const end = header.isPyramid ? header.dimensions - 1 : header.dimensions;
  for (let axis = 2; axis < end; axis++)
    if (axis !== plan.channelAxis && coordinates[axis] !== (plan.fixed.get(axis) ?? 0)) return false;
  return true;
}

/** Tiles are stored whole, also those that reach beyond the picture. */
async function decode(bytes: Buffer, header: EtsHeader): Promise<Samples> {
  const { tileWidth: width, tileHeight: height, samples: channels } = header;
  const samples = await decoded(bytes, header, { width, height });
  if (samples.channels !== channels) throw unreadable('a tile has other samples than the header says');
  return fitted(samples, header);
}

async function decoded(
  bytes: Buffer,
  { compression: scheme, pixelType, samples: channels }: EtsHeader,
  size: { readonly width: number; readonly height: number },
): Promise<Samples> {
  const { width, height } = size;
  switch (scheme) {
    case compression.jpeg:
    case compression.losslessJpeg:
      return await decodeJpegTile(bytes, size);
    case compression.jpeg2000:
      return await decodeJp2kTile(bytes, false, size);
    case compression.png: {
      const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: MOST_TILE_PIXELS })
        .raw({ depth: pixelType === 4 ? 'ushort' : 'uchar' })
        .toBuffer({ resolveWithObject: true })
        .catch((error: unknown) => {
          throw unreadable('a tile could not be decoded', error);
        });
      return { ...info, data: pixelType === 4 ? deep(data) : data };
    }
    default: {
      const count = width * height * channels * (pixelType === 4 ? 2 : 1);
      if (bytes.length < count) throw unreadable('ends early');
      const data = new Uint8Array(bytes.subarray(0, count));
      return { width, height, channels, data: pixelType === 4 ? deep(data) : data };
    }
  }
}

/** Little-endian words. */
function deep(bytes: Uint8Array): Uint16Array {
  const copy = Uint8Array.from(bytes);
  return new Uint16Array(copy.buffer, 0, copy.length >> 1);
}
