import { areaCounter, tissueClass, type TissueMask } from './tissue.ts';

/** A tile of a slide, in pixels of its level 0. */
export interface TilePlace {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface GridWish {
  readonly widthPx: number;
  readonly heightPx: number;
  /** µm per pixel of level 0. */
  readonly mppX: number;
  readonly mppY: number;
  /** Side of the model's input. */
  readonly tilePx: number;
  /** µm per pixel that the model is to see. */
  readonly mpp: number;
  /** Least share of tissue for a tile to count. */
  readonly leastTissue?: number;
}

/** How many of the tiles are read. */
export type TileBudget =
  | { readonly is: 'all' }
  /** One of `n`, evenly over the slide. */
  | { readonly is: 'every'; readonly n: number }
  /** At most `n`, spread out. */
  | { readonly is: 'most'; readonly n: number };

/** µm per pixel of the tiles that a phrase is compared with, and of those that show their surroundings. */
export const FINE_MPP = 0.5;
export const CONTEXT_MPP = 2;

const LEAST_TISSUE = 0.25;
/** A tile may reach over the slide's edge by less than this share of itself. */
const LEAST_INSIDE = 0.5;

/**
 * The tiles of a slide that hold tissue: a grid from its corner, row by row, each tile `tilePx` pixels of `mpp` wide.
 *
 * A slide coarser than asked for is not enlarged beyond twice its resolution: detail cannot be made.
 *
 * @returns places on whole pixels of level 0; empty for a slide too coarse, or without tissue.
 */
export function planTiles(wish: GridWish, mask: TissueMask): TilePlace[] {
  const { widthPx, heightPx, mppX, mppY, tilePx, mpp, leastTissue = LEAST_TISSUE } = wish;
  if (mpp < Math.min(mppX, mppY) / 2) return [];
  const stepX = (tilePx * mpp) / mppX;
  const stepY = (tilePx * mpp) / mppY;
  const tissue = areaCounter(mask, tissueClass.tissue);
  const toMaskX = mask.width / widthPx;
  const toMaskY = mask.height / heightPx;
  const tiles: TilePlace[] = [];
  const w = Math.max(1, Math.round(stepX));
  const h = Math.max(1, Math.round(stepY));
  for (let row = 0; row * stepY < heightPx; row++)
    for (let column = 0; column * stepX < widthPx; column++) {
      const x = Math.round(column * stepX);
      const y = Math.round(row * stepY);
      const inside = (Math.min(w, widthPx - x) / w) * (Math.min(h, heightPx - y) / h);
      const first = row === 0 && column === 0;
      if (inside < LEAST_INSIDE && !first) continue;
      if (tissue(x * toMaskX, y * toMaskY, w * toMaskX, h * toMaskY) >= leastTissue)
        tiles.push({ x, y, w, h });
    }
  return tiles;
}

/** The tiles that a budget leaves, in the order of the grid; the same ones every time. */
export function withinBudget(tiles: readonly TilePlace[], budget: TileBudget): TilePlace[] {
  if (budget.is === 'all') return [...tiles];
  const keep = budget.is === 'every' ? Math.ceil(tiles.length / Math.max(1, budget.n)) : budget.n;
  if (keep >= tiles.length) return [...tiles];
  // Along a Z-order curve neighbours stay neighbours, so every k-th tile of it is spread over the whole slide.
  const along = tiles.map((tile, index) => ({ index, key: zOrder(tile) })).sort((a, b) => a.key - b.key);
  const chosen = new Set<number>();
  for (let pick = 0; pick < keep; pick++) {
    const entry = along[Math.floor(((pick + 0.5) * along.length) / keep)];
    if (entry) chosen.add(entry.index);
  }
  return tiles.filter((_, index) => chosen.has(index));
}

/** Bits of column and row interleaved; tiles are at least 16 px apart on any slide. */
function zOrder({ x, y, w, h }: TilePlace): number {
  let column = Math.floor(x / w);
  let row = Math.floor(y / h);
  let key = 0;
  for (let bit = 1; column > 0 || row > 0; bit *= 4) {
    key += (column & 1) * bit + (row & 1) * bit * 2;
    column >>= 1;
    row >>= 1;
  }
  return key;
}

/** Whether two places overlap or touch within `gap` pixels of level 0. */
export function isNear(a: TilePlace, b: TilePlace, gap = 0): boolean {
  return a.x < b.x + b.w + gap && b.x < a.x + a.w + gap && a.y < b.y + b.h + gap && b.y < a.y + a.h + gap;
}
