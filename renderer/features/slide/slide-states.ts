import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Heat, TileHit } from '../../../preload/contract/slides.ts';

export type HeatState =
  | { readonly is: 'none' }
  | { readonly is: 'busy' }
  /** `minus`: the other words, where two phrases are compared. */
  | { readonly is: 'shown'; readonly heat: Heat; readonly phrase: string; readonly minus: string }
  | { readonly is: 'refused'; readonly error: ArchiveError };

/** What the drawn rectangle has found. */
export type Found =
  | { readonly is: 'none' }
  | { readonly is: 'busy' }
  | { readonly is: 'shown'; readonly hits: readonly TileHit[]; readonly regionId: number }
  | { readonly is: 'refused'; readonly error: ArchiveError };

/** One of the best places, in pixels of level 0. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly score: number;
  readonly lift: number;
}

/** Best first. */
export const spotsOf = ({ hotspots, x, y, w, h }: Heat): readonly Spot[] =>
  hotspots.map(({ index, score, lift }) => ({ x: x[index] ?? 0, y: y[index] ?? 0, w, h, score, lift }));
