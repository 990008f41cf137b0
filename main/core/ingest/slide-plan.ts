import { ArchiveError } from '../../../preload/contract/faults.ts';
import {
  CONTEXT_MPP,
  FINE_MPP,
  planTiles,
  withinBudget,
  type TileBudget,
  type TilePlace,
} from '../domain/tiling.ts';
import type { TissueMask } from '../domain/tissue.ts';
import type { ImportParts } from './import-job.ts';
import { unchangedFile } from './unchanged-file.ts';

export interface SlidePlan {
  readonly itemId: number;
  readonly path: string;
  readonly grids: readonly PlannedGrid[];
}

export interface PlannedGrid {
  readonly mpp: number;
  /** Tiles that hold tissue. */
  readonly tissueTiles: number;
  readonly tiles: readonly TilePlace[];
}

/** The first scale is what phrases are compared with, the second shows the surroundings. */
export const DEFAULT_SCALES: readonly number[] = [FINE_MPP, CONTEXT_MPP];

/**
 * The tiles of a slide for the model in use; its tissue is looked for once and kept.
 *
 * @throws ArchiveError `item.unknown`, `slide.no-mpp`, `file.missing`, `slide.unreadable`.
 */
export async function planSlide(
  { archive, pool, model }: ImportParts,
  itemId: number,
  { budget, scales = DEFAULT_SCALES }: { readonly budget: TileBudget; readonly scales?: readonly number[] },
  signal: AbortSignal,
): Promise<SlidePlan> {
  const item = archive.items.get(itemId);
  const facts = archive.slides.get(itemId);
  if (!item || !facts) throw new ArchiveError('item.unknown', { itemId });
  const { mppX, mppY } = facts;
  if (mppX === null || mppY === null) throw new ArchiveError('slide.no-mpp', { itemId, path: item.path });
  const path = await unchangedFile(archive, itemId);
  const mask = await storedMask();
  const { sizePx: tilePx } = model.preprocessing;
  const size = { widthPx: item.widthPx, heightPx: item.heightPx, mppX, mppY, tilePx };
  const grids = scales.map((mpp) => {
    const all = planTiles({ ...size, mpp }, mask);
    return { mpp, tissueTiles: all.length, tiles: withinBudget(all, budget) };
  });
  return { itemId, path, grids: grids.filter(({ tissueTiles }) => tissueTiles > 0) };

  async function storedMask(): Promise<TissueMask> {
    const known = archive.slides.mask(itemId);
    if (known) return { ...known, field: 'bright' };
    const found = await pool.slideMask({ path }, signal);
    archive.slides.setMask(itemId, found);
    return found;
  }
}
