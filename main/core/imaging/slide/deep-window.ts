import { percentileRange } from '../../domain/percentiles.ts';
import type { Samples, SampleWindow } from './samples.ts';

/** Tiles of the lowest level that a window is taken from. */
const TILES_LOOKED_AT = 16;
const VALUES_OF_A_TILE = 65_536;

/** Deep samples are shown from their 0.5th to their 99.5th percentile, here of the tiles of a level. */
export async function deepWindow(
  { columns, rows }: { readonly columns: number; readonly rows: number },
  samples: (column: number, row: number) => Promise<Samples | null>,
): Promise<SampleWindow> {
  const step = Math.max(1, Math.ceil((columns * rows) / TILES_LOOKED_AT));
  const seen: number[] = [];
  for (let index = 0; index < columns * rows; index += step) {
    const tile = await samples(index % columns, Math.floor(index / columns));
    if (!tile) continue;
    const every = Math.max(1, Math.floor(tile.data.length / VALUES_OF_A_TILE));
    for (let at = 0; at < tile.data.length; at += every) seen.push(tile.data[at] ?? 0);
  }
  return percentileRange(Float64Array.from(seen), 0.5, 99.5) ?? { low: 0, high: 65_535 };
}
