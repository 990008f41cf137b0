import type { FileBytes } from '../../file-bytes.ts';
import type { Samples } from '../samples.ts';
import type { EncodedTile } from '../slide.ts';
import { unreadable } from '../slide-fault.ts';
import { joinJpeg } from '../jpeg-tile.ts';
import { decodeTile, jpegColour } from './decode-tile.ts';
import type { TiffPage } from './page.ts';
import { compression } from './unpack.ts';

const tag = {
  stripOffsets: 273,
  stripByteCounts: 279,
  tileOffsets: 324,
  tileByteCounts: 325,
  jpegTables: 347,
} as const;

/** A tile that is larger than this when compressed is a bomb, not a tile. */
const MOST_TILE_BYTES = 128 * 1024 * 1024;

/** The tiles of one page, read one by one. */
export interface PageTiles {
  readonly page: TiffPage;
  /** Null where the file has no bytes for the tile. @throws ArchiveError `slide.unreadable`. */
  samples(column: number, row: number): Promise<Samples | null>;
  /** A JPEG that stands alone, where the page is JPEG in three or one components. */
  encoded(column: number, row: number): Promise<EncodedTile | null>;
}

/** Where the tiles lie is read at the first tile, so that opening a slide of many levels stays quick. */
export function pageTiles(file: FileBytes, page: TiffPage): PageTiles {
  let places: Promise<{ offsets: Float64Array; counts: Float64Array; tables: Buffer }> | undefined;

  async function readPlaces() {
    const { directory, tiled, columns, rows, samples, separate } = page;
    const expected = columns * rows * (separate ? samples : 1);
    const offsets = await directory.numbers(tiled ? tag.tileOffsets : tag.stripOffsets, expected + 4096);
    const counts = await directory.numbers(tiled ? tag.tileByteCounts : tag.stripByteCounts, expected + 4096);
    if (offsets.length < expected || counts.length < expected)
      throw unreadable('tiles are missing from its table');
    return { offsets, counts, tables: await directory.bytes(tag.jpegTables) };
  }

  async function stored(column: number, row: number, plane: number): Promise<Buffer | null> {
    places ??= readPlaces();
    const { offsets, counts } = await places;
    const index = (plane * page.rows + row) * page.columns + column;
    const offset = offsets[index] ?? 0;
    const count = counts[index] ?? 0;
    if (offset === 0 || count === 0) return null;
    if (count > MOST_TILE_BYTES) throw unreadable('a tile is too large');
    if (offset + count > file.size) throw unreadable('a tile lies outside the file');
    return await file.read(offset, count);
  }

  const inside = (column: number, row: number) => ({
    width: Math.min(page.tileWidth, page.width - column * page.tileWidth),
    height: Math.min(page.tileHeight, page.height - row * page.tileHeight),
  });

  async function samples(column: number, row: number): Promise<Samples | null> {
    const first = await stored(column, row, 0);
    if (!first) return null;
    const { tables } = await (places ??= readPlaces());
    const planes = page.separate ? 1 : page.samples;
    const tile = await decodeTile(first, page, tables, planes, inside(column, row));
    if (!page.separate) return tile;
    const all = [tile];
    for (let plane = 1; plane < page.samples; plane++) {
      const bytes = await stored(column, row, plane);
      if (!bytes) return null;
      all.push(await decodeTile(bytes, page, tables, 1, inside(column, row)));
    }
    return interleaved(all);
  }

  return {
    page,
    samples,
    async encoded(column, row) {
      const plain = page.samples === 3 || (page.samples === 1 && page.photometric === 1);
      if (page.compression !== compression.jpeg || page.separate || !plain) return null;
      const bytes = await stored(column, row, 0);
      if (!bytes) return null;
      const { tables } = await (places ??= readPlaces());
      return { bytes: joinJpeg(bytes, tables, jpegColour(page)), mime: 'image/jpeg' };
    },
  };
}

function interleaved(planes: readonly Samples[]): Samples {
  const [first] = planes;
  if (!first) throw unreadable('no planes');
  const { width, height } = first;
  const channels = planes.length;
  const data =
    first.data instanceof Uint16Array
      ? new Uint16Array(width * height * channels)
      : new Uint8Array(width * height * channels);
  planes.forEach((plane, channel) => {
    for (let pixel = 0; pixel < width * height; pixel++)
      data[pixel * channels + channel] = plane.data[pixel * plane.channels] ?? 0;
  });
  return { width, height, channels, data };
}
