import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { tileFault } from './slide-fault.ts';
import {
  downsampleOf,
  MOST_REGION_PIXELS,
  type EncodedTile,
  type RegionWish,
  type Slide,
  type SlidePixels,
} from './slide.ts';
import { tileCache } from './tile-cache.ts';

/** A level as a grid of tiles; the last column and row may reach beyond the level. */
export interface TileGrid {
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  /**
   * RGB over white, `tileWidth * tileHeight * 3` bytes (fewer rows in a last strip); null where nothing was scanned.
   *
   * @throws ArchiveError of any kind; it is told as `slide.unreadable`.
   */
  tile(column: number, row: number): Promise<Uint8Array | null>;
  encoded?(column: number, row: number): Promise<EncodedTile | null>;
}

export interface TiledSlideParts extends Pick<
  Slide,
  'vendor' | 'mppX' | 'mppY' | 'objectivePower' | 'associated' | 'attributes' | 'identifiers' | 'notes'
> {
  /** Largest first. */
  readonly grids: readonly TileGrid[];
  close(): Promise<void>;
}

/** Decoded tiles that one open slide remembers. */
const CACHE_BYTES = 48 * 1024 * 1024;
/** Tiles under way at once: enough to keep the decoder's threads busy, few enough to bound memory. */
const TILES_AT_ONCE = 8;
const WHITE = 255;

/** A slide of tiles that a native reader decodes. */
export function tiledSlide(parts: TiledSlideParts): Slide {
  const { grids, close, ...facts } = parts;
  const base = grids[0];
  if (!base) throw new ArchiveError('slide.unreadable', { what: 'no level' });
  const cache = tileCache(CACHE_BYTES);
  const levels = grids.map((grid) => ({
    width: grid.width,
    height: grid.height,
    downsample: downsampleOf(base, grid),
    tileWidth: grid.tileWidth,
    tileHeight: grid.tileHeight,
  }));

  async function readRegion(wish: RegionWish, into?: Uint8Array): Promise<SlidePixels> {
    const { level, x, y, w, h } = wish;
    const grid = grids[level];
    if (!grid) throw new ArchiveError('request.invalid', { at: 'level', levels: grids.length });
    if (![x, y, w, h].every(Number.isInteger) || w < 1 || h < 1 || w * h > MOST_REGION_PIXELS)
      throw new ArchiveError('request.invalid', { at: 'region', w, h });
    const bytes = w * h * 3;
    const data = (into?.length === bytes ? into : new Uint8Array(bytes)).fill(WHITE);
    const first = {
      column: Math.floor(Math.max(0, x) / grid.tileWidth),
      row: Math.floor(Math.max(0, y) / grid.tileHeight),
    };
    const end = { x: Math.min(x + w, grid.width), y: Math.min(y + h, grid.height) };
    const places: [number, number][] = [];
    for (let row = first.row; row * grid.tileHeight < end.y; row++)
      for (let column = first.column; column * grid.tileWidth < end.x; column++) places.push([column, row]);
    for (let from = 0; from < places.length; from += TILES_AT_ONCE)
      await Promise.all(
        places.slice(from, from + TILES_AT_ONCE).map(async ([column, row]) => {
          const tile = await cache
            .get(`${level}/${column}/${row}`, () => grid.tile(column, row))
            .catch((error: unknown) => {
              throw tileFault(error);
            });
          if (tile) copy(tile, grid, column, row, wish, end, data);
        }),
      );
    return { width: w, height: h, data };
  }

  return {
    ...facts,
    width: base.width,
    height: base.height,
    levels,
    readRegion,
    rawTile: async (level, column, row) => (await grids[level]?.encoded?.(column, row)) ?? null,
    close: async () => {
      cache.clear();
      await close();
    },
  };
}

function copy(
  tile: Uint8Array,
  grid: TileGrid,
  column: number,
  row: number,
  { x, y, w }: RegionWish,
  end: { readonly x: number; readonly y: number },
  into: Uint8Array,
): void {
  const left = column * grid.tileWidth;
  const top = row * grid.tileHeight;
  const fromX = Math.max(x, left);
  const toX = Math.min(end.x, left + grid.tileWidth);
  const toY = Math.min(end.y, top + grid.tileHeight);
  if (toX <= fromX) return;
  for (let line = Math.max(y, top); line < toY; line++) {
    const from = ((line - top) * grid.tileWidth + (fromX - left)) * 3;
    const bytes = (toX - fromX) * 3;
    if (from + bytes > tile.length) break;
    into.set(tile.subarray(from, from + bytes), ((line - y) * w + (fromX - x)) * 3);
  }
}
