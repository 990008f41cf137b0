import { setImmediate as turn } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { SlideGridView } from '../../../preload/contract/slides.ts';
import { FINE_MPP, planTiles, type TilePlace } from '../domain/tiling.ts';
import { areaCounter, BLURRED_BELOW, tissueClass, type TissueMask } from '../domain/tissue.ts';
import { unchangedFile } from '../ingest/unchanged-file.ts';
import type { Session } from './session.ts';
import { knownPreparation } from './slide-preparations.ts';

/** A tile with less of it is not marked: the mask is coarse, and a speck is no pen. */
const LEAST_INK = 0.05;

/**
 * The tiles of a slide's finest grid by what is known of them without a query. A slide that was not read has the grid
 * that it would get.
 *
 * @throws ArchiveError `item.unknown`, `slide.no-mpp`, `file.*`, `slide.unreadable`, `model.*`.
 */
export async function slideGrid(
  session: Session,
  itemId: number,
  stain: string,
  signal: AbortSignal,
): Promise<SlideGridView> {
  const { archive } = session;
  const item = archive.items.get(itemId);
  const facts = archive.slides.get(itemId);
  if (!item || !facts) throw new ArchiveError('item.unknown', { itemId });
  const { mppX, mppY } = facts;
  if (mppX === null || mppY === null) throw new ArchiveError('slide.no-mpp', { itemId, path: item.path });
  const model = (await knownPreparation(session, stain)) ?? (await session.activeModel());
  const [grid] = archive.slides.grids(itemId, model.row.id);
  const tilePx = grid?.tilePx ?? (await session.importParts(model, signal)).model.preprocessing.sizePx;
  const mpp = grid?.mpp ?? FINE_MPP;
  const mask = await slideMask(session, itemId, signal);
  const size = { widthPx: item.widthPx, heightPx: item.heightPx };
  const [stepX, stepY] = [(tilePx * mpp) / mppX, (tilePx * mpp) / mppY];

  const read = grid ? archive.slides.sharpness(itemId, model.row.id, mpp) : [];
  const known = new Set(read.map(({ x, y }) => `${x},${y}`));
  await turn();
  const planned = planTiles({ ...size, mppX, mppY, tilePx, mpp }, mask);
  const unread = planned.filter(({ x, y }) => !known.has(`${x},${y}`));
  await turn();
  return {
    mpp,
    stepX,
    stepY,
    read: { ...columns(read), blurred: read.map(({ sharpness }) => sharpness < BLURRED_BELOW) },
    unread: columns(unread),
    pen: columns(inkedCells(size, stepX, stepY, mask)),
  };
}

/** Where the slide has tissue; looked for once and kept. */
export async function slideMask(
  { archive, pool }: Session,
  itemId: number,
  signal: AbortSignal,
): Promise<TissueMask> {
  const known = archive.slides.mask(itemId);
  if (known) return { ...known, field: 'bright' };
  const found = await pool.slideMask({ path: await unchangedFile(archive, itemId) }, signal);
  archive.slides.setMask(itemId, found);
  return found;
}

type Corner = Pick<TilePlace, 'x' | 'y'>;

const columns = (places: readonly Corner[]) => ({
  x: places.map(({ x }) => x),
  y: places.map(({ y }) => y),
});

function inkedCells(
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
  stepX: number,
  stepY: number,
  mask: TissueMask,
): Corner[] {
  if (!mask.classes.includes(tissueClass.pen)) return [];
  const ink = areaCounter(mask, tissueClass.pen);
  const [toMaskX, toMaskY] = [mask.width / widthPx, mask.height / heightPx];
  const cells: Corner[] = [];
  for (let row = 0; row * stepY < heightPx; row++)
    for (let column = 0; column * stepX < widthPx; column++) {
      const [x, y] = [column * stepX, row * stepY];
      if (ink(x * toMaskX, y * toMaskY, stepX * toMaskX, stepY * toMaskY) >= LEAST_INK)
        cells.push({ x: Math.round(x), y: Math.round(y) });
    }
  return cells;
}
