import { isNear, type TilePlace } from './tiling.ts';

/** A tile with what a query says of it. */
export interface HeatTile extends TilePlace {
  readonly regionId: number;
  /** Cosine to the query. */
  readonly score: number;
  /** Spreads above the query's background. */
  readonly lift: number;
}

/** Lifts that have the lowest and the highest colour on every slide, so that two slides can be compared by eye. */
export const FIXED_SCALE = { from: 0, to: 6 } as const;

/** The same of two queries' difference: their middle is no difference. */
export const APART_SCALE = { from: -6, to: 6 } as const;

type Stop = readonly [share: number, red: number, green: number, blue: number];

/** Of a colour-blind safe scale that grows lighter: dark blue, teal, green, yellow. The window's `--heat-*` are these. */
const heatStops: readonly Stop[] = [
  [0, 24, 78, 104], [0.25, 26, 118, 122], [0.5, 49, 163, 112], [0.75, 139, 205, 72], [1, 253, 231, 60],
]; // prettier-ignore

/** Of one that leads from blue over near white to orange. The window's `--apart-*` are these. */
const apartStops: readonly Stop[] = [
  [0, 11, 79, 158], [0.25, 92, 159, 214], [0.5, 242, 239, 233], [0.75, 240, 164, 60], [1, 180, 74, 0],
]; // prettier-ignore

type Colour = readonly [red: number, green: number, blue: number];

/** Colour of a share of the scale; what lies outside has the colour of its end. */
export const heatColour = (share: number): Colour => mixed(share, heatStops);

/** The same for a difference: 0 and 1 are its two ends, 0.5 is no difference. */
export const apartColour = (share: number): Colour => mixed(share, apartStops);

function mixed(share: number, stops: readonly Stop[]): Colour {
  const at = Math.min(Math.max(share, 0), 1);
  const above = stops.findIndex(([stop]) => stop >= at);
  const high = stops[Math.max(above, 0)] as Stop;
  const low = stops[Math.max(above - 1, 0)] as Stop;
  const part = high[0] === low[0] ? 0 : (at - low[0]) / (high[0] - low[0]);
  const mix = (channel: 1 | 2 | 3) => Math.round(low[channel] + (high[channel] - low[channel]) * part);
  return [mix(1), mix(2), mix(3)];
}

export interface Scale {
  readonly from: number;
  readonly to: number;
}

/** The lifts of this slide from end to end: what is drawn where someone asks for it, and labelled so. */
export function stretchedScale(tiles: readonly { readonly lift: number }[]): Scale {
  let from = Infinity;
  let to = -Infinity;
  for (const { lift } of tiles) {
    from = Math.min(from, lift);
    to = Math.max(to, lift);
  }
  return to > from ? { from, to } : { ...FIXED_SCALE };
}

/** The same of a difference, its middle no difference. */
export function stretchedApart(tiles: readonly { readonly lift: number }[]): Scale {
  let most = 0;
  for (const { lift } of tiles) most = Math.max(most, Math.abs(lift));
  return most > 0 ? { from: -most, to: most } : { ...APART_SCALE };
}

export const shareOf = (lift: number, { from, to }: Scale): number => (lift - from) / (to - from);

/**
 * The best places of a slide, best first, no two of them next to each other: tiles that touch are one hotspot.
 *
 * @param most - how many at most.
 */
export function hotspots<T extends HeatTile>(tiles: readonly T[], most: number): T[] {
  // By the lift, which is what is drawn: of two queries' difference the cosines may be ordered otherwise.
  const ranked = tiles.toSorted((a, b) => b.lift - a.lift || a.regionId - b.regionId);
  const chosen: T[] = [];
  for (const tile of ranked) {
    if (chosen.length >= most) break;
    if (!chosen.some((other) => isNear(tile, other, 1))) chosen.push(tile);
  }
  return chosen;
}

/** Lowest and highest score; `Infinity` and `-Infinity` without tiles. */
export function scoreRange(tiles: readonly { readonly score: number }[]): { min: number; max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const { score } of tiles) {
    min = Math.min(min, score);
    max = Math.max(max, score);
  }
  return { min, max };
}
