import { downsampleOf } from '../imaging/slide/slide.ts';
import { THUMBNAIL_PX } from '../imaging/thumbnail.ts';
import type { StoredLevel } from '../store/slides.ts';

/** A level as the viewer is offered it. */
export interface ViewLevel {
  readonly width: number;
  readonly height: number;
  readonly downsample: number;
  /** Side of its tiles, pixels. */
  readonly tilePx: number;
  /** The stored level that it is made of. */
  readonly from: number | 'thumbnail';
  /** Pixels of that level along one of its own: 1, 2, 4 or 8. */
  readonly shrink: number;
  /** Its tiles are the file's own. */
  readonly asStored: boolean;
}

const TILE_PX = 512;
/** Of a smallest level with more pixels no halves are made: each tile of them would read a large part of the slide. */
const MOST_PIXELS = 32 * 1024 * 1024;
const MOST_SHRINK = 8;

/**
 * Levels for the viewer, largest first: the file's; where the smallest of them is larger than a screen, halves of it, so
 * that the whole is a few tiles; the stored thumbnail as one tile, so that something is there before those are.
 */
export function viewLevels(levels: readonly StoredLevel[]): readonly ViewLevel[] {
  const stored = levels.map((level, from) => {
    const tilePx = viewTilePx(level);
    const asStored = tilePx === level.tileWidth && tilePx === level.tileHeight;
    const { width, height, downsample } = level;
    return { width, height, downsample, tilePx, from, shrink: 1, asStored };
  });
  const [base, lowest] = [levels[0], levels.at(-1)];
  const longest = lowest ? Math.max(lowest.width, lowest.height) : 0;
  if (!base || !lowest || longest <= 2 * THUMBNAIL_PX) return stored;
  const smaller = (shrink: number) => {
    const size = {
      width: Math.max(1, Math.ceil(lowest.width / shrink)),
      height: Math.max(1, Math.ceil(lowest.height / shrink)),
    };
    return { ...size, downsample: downsampleOf(base, size), shrink, asStored: false };
  };
  const halves: ViewLevel[] = [];
  const most = lowest.width * lowest.height <= MOST_PIXELS ? MOST_SHRINK : 1;
  for (let shrink = 2; shrink <= most && longest / shrink > 2 * THUMBNAIL_PX; shrink *= 2)
    halves.push({ ...smaller(shrink), tilePx: TILE_PX, from: levels.length - 1 });
  const thumbnail = { ...smaller(longest / THUMBNAIL_PX), tilePx: THUMBNAIL_PX, from: 'thumbnail' } as const;
  return [...stored, ...halves, thumbnail];
}

/** Side of the viewer's tiles for a level: the stored ones where they are of a handy size, so they are passed on. */
function viewTilePx({ tileWidth, tileHeight }: StoredLevel): number {
  return tileWidth === tileHeight && tileWidth >= 200 && tileWidth <= 1024 ? tileWidth : TILE_PX;
}
