import type { FileBytes } from '../../file-bytes.ts';
import { MOST_TILE_PIXELS } from '../slide.ts';
import { unreadable } from '../slide-fault.ts';

/** The headers of an ETS file: how its tiles are stored, and where the table of them lies. */
export interface EtsHeader {
  /** 2: 8 bits, 4: 16 bits, both unsigned. */
  readonly pixelType: number;
  /** Samples of a pixel in one tile: 3 for colour, 1 for a channel of fluorescence. */
  readonly samples: number;
  readonly compression: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly isPyramid: boolean;
  /** Coordinates of a tile: x, y, further dimensions, and the level last. */
  readonly dimensions: number;
  readonly tableAt: number;
  readonly tiles: number;
}

/** One tile of the table. */
export interface EtsTile {
  /** Columns and rows of its level first. */
  readonly coordinates: readonly number[];
  readonly level: number;
  readonly offset: number;
  readonly bytes: number;
}

const VOLUME_HEADER = 64;
const TILES_HEADER = 156;
const MOST_TILES = 4 * 1024 * 1024;
const MOST_DIMENSIONS = 16;
const MOST_LEVELS = 32;
/** Entries of the table that are read at once. */
const ENTRIES_AT_ONCE = 65_536;

/** @throws ArchiveError `slide.unreadable`. */
export async function readEtsHeader(file: FileBytes): Promise<EtsHeader> {
  const volume = await file.read(0, VOLUME_HEADER);
  if (volume.length < VOLUME_HEADER || volume.toString('latin1', 0, 4) !== 'SIS\0')
    throw unreadable('its tile file has no header');
  const dimensions = volume.readUInt32LE(12);
  const tiles = volume.readUInt32LE(40);
  const tableAt = Number(volume.readBigUInt64LE(32));
  if (dimensions < 3 || dimensions > MOST_DIMENSIONS) throw unreadable('tiles of impossible dimensions');
  if (tiles === 0 || tiles > MOST_TILES) throw unreadable('more tiles than any slide has, or none');
  if (tableAt + tiles * entryBytes(dimensions) > file.size)
    throw unreadable('its table of tiles lies outside the file');
  const at = Number(volume.readBigUInt64LE(16));
  const head = at < file.size ? await file.read(at, TILES_HEADER) : Buffer.alloc(0);
  if (head.length < TILES_HEADER || head.toString('latin1', 0, 4) !== 'ETS\0')
    throw unreadable('its tile file has no header');
  const header = {
    pixelType: head.readUInt32LE(8),
    samples: head.readUInt32LE(12),
    compression: head.readUInt32LE(20),
    tileWidth: head.readUInt32LE(28),
    tileHeight: head.readUInt32LE(32),
    isPyramid: head.readUInt32LE(152) !== 0,
    dimensions,
    tableAt,
    tiles,
  };
  const { tileWidth, tileHeight, samples, pixelType } = header;
  if (tileWidth === 0 || tileHeight === 0 || tileWidth * tileHeight > MOST_TILE_PIXELS)
    throw unreadable('its tiles are too large or have no size');
  if (samples !== 1 && samples !== 3) throw unreadable('samples per pixel');
  if (pixelType !== 2 && pixelType !== 4) throw unreadable(`pixels of type ${pixelType}`);
  return header;
}

/** Four bytes, the coordinates, the offset, the length, four bytes. */
const entryBytes = (dimensions: number) => 4 + dimensions * 4 + 8 + 4 + 4;

/** The table, read as it is asked for: it may have millions of entries. @throws ArchiveError `slide.unreadable`. */
export async function* etsTiles(file: FileBytes, header: EtsHeader): AsyncGenerator<readonly EtsTile[]> {
  const { dimensions, isPyramid, tableAt, tiles } = header;
  const size = entryBytes(dimensions);
  for (let first = 0; first < tiles; first += ENTRIES_AT_ONCE) {
    const count = Math.min(ENTRIES_AT_ONCE, tiles - first);
    const bytes = await file.read(tableAt + first * size, count * size);
    if (bytes.length < count * size) throw unreadable('ends early');
    yield Array.from({ length: count }, (_, index) => {
      const at = index * size + 4;
      const coordinates = Array.from({ length: dimensions }, (_, axis) => bytes.readUInt32LE(at + axis * 4));
      const level = isPyramid ? (coordinates[dimensions - 1] ?? 0) : 0;
      if (level >= MOST_LEVELS) throw unreadable('more levels than any slide has');
      const offset = Number(bytes.readBigUInt64LE(at + dimensions * 4));
      return { coordinates, level, offset, bytes: bytes.readUInt32LE(at + dimensions * 4 + 8) };
    });
  }
}

/** How far the tiles reach: along each coordinate the highest of the largest level, and the number of levels. */
export interface EtsExtent {
  readonly highest: readonly number[];
  readonly levels: number;
}

/** @throws ArchiveError `slide.unreadable`. */
export async function etsExtent(file: FileBytes, header: EtsHeader): Promise<EtsExtent> {
  const highest = Array.from({ length: header.dimensions }, () => 0);
  let levels = 1;
  for await (const tiles of etsTiles(file, header))
    for (const { coordinates, level } of tiles) {
      levels = Math.max(levels, level + 1);
      if (level > 0) continue;
      coordinates.forEach((value, axis) => {
        if (value > (highest[axis] ?? 0)) highest[axis] = value;
      });
    }
  return { highest, levels };
}
