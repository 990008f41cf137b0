import type { Scale } from './slide-look.svelte.ts';

export interface Rgb {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** How heat is drawn: what is below `above` is left out, colours run from `from` to `to`. All in spreads. */
export interface HeatLook extends Scale {
  readonly above: number;
  /** Of two phrases: what is far from 0 on either side is drawn. */
  readonly isDifference: boolean;
}

/** RGBA of a picture of one pixel per cell. @param tiles - index of each cell's tile; -1 where there is none. */
export function paintCells(
  tiles: Int32Array,
  lifts: readonly number[],
  { from, to, above, isDifference }: HeatLook,
  stops: readonly Rgb[],
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(tiles.length * 4);
  tiles.forEach((tile, cell) => {
    const lift = lifts[tile];
    if (lift === undefined || (isDifference ? Math.abs(lift) : lift) < above) return;
    const { red, green, blue } = colourOf((lift - from) / (to - from), stops);
    rgba.set([red, green, blue, 255], cell * 4);
  });
  return rgba;
}

/** Between the two nearest stops, which are evenly spaced. */
export function colourOf(share: number, stops: readonly Rgb[]): Rgb {
  const last = stops.length - 1;
  const at = Math.min(Math.max(share, 0), 1) * last;
  const below = Math.min(Math.floor(at), last - 1);
  const low = stops[below] ?? { red: 0, green: 0, blue: 0 };
  const high = stops[below + 1] ?? low;
  const mix = (a: number, b: number) => Math.round(a + (b - a) * (at - below));
  return { red: mix(low.red, high.red), green: mix(low.green, high.green), blue: mix(low.blue, high.blue) };
}

/** The colours of the theme's `--heat-*` or `--apart-*`, so that the overlay and its legend agree. */
export function stopsOf(name: 'heat' | 'apart', style: CSSStyleDeclaration): Rgb[] {
  return [0, 1, 2, 3, 4].map((index) => {
    const hex = /#([0-9a-f]{6})/i.exec(style.getPropertyValue(`--${name}-${index}`))?.[1] ?? '808080';
    const value = parseInt(hex, 16);
    return { red: value >> 16, green: (value >> 8) & 255, blue: value & 255 };
  });
}
