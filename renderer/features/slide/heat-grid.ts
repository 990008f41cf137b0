import type { Heat } from '../../../preload/contract/slides.ts';

export interface Rgb {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** How heat is drawn: what is below `above` is left out, colours run from `from` to `to`. All in spreads. */
export interface HeatLook {
  readonly from: number;
  readonly to: number;
  readonly above: number;
}

/** A slide's tiles as a picture of one pixel per tile, to be laid over the slide enlarged. */
export interface HeatGrid {
  readonly columns: number;
  readonly rows: number;
  /** Size of a cell, in pixels of level 0. */
  readonly stepX: number;
  readonly stepY: number;
  /** Index of a cell's tile; -1 where there is none. */
  readonly tiles: Int32Array;
  /** 1 where a tile has tissue and was not read. */
  readonly unread: Uint8Array;
}

export function gridOf(heat: Heat, width: number, height: number): HeatGrid {
  const { w, h } = heat;
  const columns = Math.ceil(width / w);
  const rows = Math.ceil(height / h);
  const tiles = new Int32Array(columns * rows).fill(-1);
  const unread = new Uint8Array(columns * rows);
  // Places are rounded to whole pixels, so the middle of a tile tells its cell.
  const cell = (x: number, y: number) => Math.floor((y + h / 2) / h) * columns + Math.floor((x + w / 2) / w);
  heat.x.forEach((x, index) => (tiles[cell(x, heat.y[index] ?? 0)] = index));
  heat.unread.x.forEach((x, index) => (unread[cell(x, heat.unread.y[index] ?? 0)] = 1));
  return { columns, rows, stepX: w, stepY: h, tiles, unread };
}

/** The tile under a place in pixels of level 0; -1 where there is none. */
export function tileAt({ columns, rows, stepX, stepY, tiles }: HeatGrid, x: number, y: number): number {
  const column = Math.floor(x / stepX);
  const row = Math.floor(y / stepY);
  if (column < 0 || row < 0 || column >= columns || row >= rows) return -1;
  return tiles[row * columns + column] ?? -1;
}

/** RGBA of the grid, row by row. */
export function paintGrid(
  grid: HeatGrid,
  lifts: readonly number[],
  look: HeatLook,
  stops: readonly Rgb[],
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(grid.tiles.length * 4);
  grid.tiles.forEach((tile, cell) => {
    const lift = tile < 0 ? -Infinity : (lifts[tile] ?? -Infinity);
    if (lift < look.above) return;
    const { red, green, blue } = colourOf((lift - look.from) / (look.to - look.from), stops);
    rgba.set([red, green, blue, 255], cell * 4);
  });
  return rgba;
}

/** Between the two nearest stops, which are evenly spaced. */
export function colourOf(share: number, stops: readonly Rgb[]): Rgb {
  const last = stops.length - 1;
  const at = Math.min(Math.max(share, 0), 1) * last;
  const low = stops[Math.min(Math.floor(at), last - 1)] ?? { red: 0, green: 0, blue: 0 };
  const high = stops[Math.min(Math.floor(at), last - 1) + 1] ?? low;
  const part = at - Math.min(Math.floor(at), last - 1);
  const mix = (a: number, b: number) => Math.round(a + (b - a) * part);
  return { red: mix(low.red, high.red), green: mix(low.green, high.green), blue: mix(low.blue, high.blue) };
}

/** The colours of the theme's `--heat-*`, so that the overlay, the legend and the exported picture agree. */
export function heatStops(style: CSSStyleDeclaration): Rgb[] {
  return [0, 1, 2, 3, 4].map((index) => {
    const hex = /#([0-9a-f]{6})/i.exec(style.getPropertyValue(`--heat-${index}`))?.[1] ?? '808080';
    const value = parseInt(hex, 16);
    return { red: value >> 16, green: (value >> 8) & 255, blue: value & 255 };
  });
}

/** A round length that is at most `mostPx` wide at `umPerPx`: 1, 2 or 5 times a power of ten. */
export function scaleBar(umPerPx: number, mostPx: number): { readonly px: number; readonly text: string } {
  const most = umPerPx * mostPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((factor) => factor * power).find((one) => one <= most) ?? power;
  return { px: length / umPerPx, text: length >= 1000 ? `${length / 1000} mm` : `${length} µm` };
}
