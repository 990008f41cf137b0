import { faultOf } from '../../../preload/contract/faults.ts';
import type { ColourSteps } from '../domain/stain-jitter.ts';
import type { TileBudget, TilePlace } from '../domain/tiling.ts';
import type { ModelRow } from '../store/vectors.ts';
import type { ImportParts } from './import-job.ts';
import type { JobControl } from './job-control.ts';
import { planSlide, type PlannedGrid, type SlidePlan } from './slide-plan.ts';
import { tileVectors } from './tile-vectors.ts';

export interface SlideEmbedWish {
  readonly itemIds: readonly number[];
  readonly budget: TileBudget;
  /** µm per pixel of the tiles, finest first. */
  readonly scales?: readonly number[];
  /** What happens to the colours of a slide's tiles before the model sees them; left out, nothing. */
  readonly coloursOf?: (plan: SlidePlan, signal: AbortSignal) => Promise<ColourSteps | null>;
  /** Makes one vector of a slide's tiles; replaceable. Null where they cancel each other out. */
  readonly poolTiles: (model: ModelRow, itemId: number) => Promise<PooledTiles | null>;
}

export interface PooledTiles {
  readonly vector: Float32Array;
  readonly tiles: number;
  /** Of the pooling. */
  readonly name: string;
}

type ColouredPlan = SlidePlan & { readonly colours: ColourSteps | null };

const FIND = 'Find tissue';
const EMBED = 'Read tiles with the model';

/**
 * Gives slides their tiles: tissue → grid → tiles through the model → one transaction a batch → one vector of the whole.
 *
 * Everything is pulled by the writer. A tile is in the archive with its vector or not at all, and the grid is the same
 * every time, so running again after a crash is resuming. A slide that cannot be read, or does not state µm per pixel,
 * is told and left; the others go on.
 */
export async function embedSlides(
  parts: ImportParts,
  wish: SlideEmbedWish,
  control: JobControl,
): Promise<number> {
  const { archive } = parts;
  control.stage(FIND, { done: 0, total: wish.itemIds.length });
  const plans: ColouredPlan[] = [];
  for (const itemId of wish.itemIds) {
    if (control.signal.aborted) return 0;
    try {
      const plan = await planSlide(parts, itemId, wish, control.signal);
      plans.push({ ...plan, colours: (await wish.coloursOf?.(plan, control.signal)) ?? null });
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (control.signal.aborted || fault.code === 'internal' || wish.itemIds.length === 1) throw thrown;
      control.notice(`Item ${itemId} was left: ${fault.message}`);
    }
    control.stage(FIND, { add: 1 });
  }
  const total = plans.flatMap(({ grids }) => grids).reduce((sum, { tiles }) => sum + tiles.length, 0);
  control.stage(EMBED, { done: 0, total });
  let done = 0;
  const read = (count: number) => {
    done += count;
    control.stage(EMBED, { done });
    control.progress(done, total);
  };
  // A slide's vector is pooled while the next grid is read, so that the encoder does not wait for it.
  let finishing = Promise.resolve();
  try {
    for (const plan of plans) {
      for (const grid of plan.grids) {
        if (control.signal.aborted || !archive.db.open) return done;
        const gridId = await embedGrid(parts, plan, grid, wish.budget, control, read);
        await finishing;
        if (control.signal.aborted || !archive.db.open) return done;
        finishing = finish(parts, plan.itemId, gridId, wish.poolTiles);
        finishing.catch(() => undefined); // Told when it is its turn.
      }
    }
    await finishing;
    return done;
  } finally {
    await finishing.catch(() => undefined);
  }
}

const keyOf = ({ x, y, w, h }: TilePlace) => `${x},${y},${w},${h}`;

/** @returns the grid's id; it is complete unless the job was stopped. */
async function embedGrid(
  parts: ImportParts,
  { itemId, path, colours }: ColouredPlan,
  { mpp, tiles, tissueTiles }: PlannedGrid,
  budget: TileBudget,
  control: JobControl,
  progress: (tiles: number) => void,
): Promise<number> {
  const { archive, model } = parts;
  const { preprocessing, row } = model;
  const gridId = archive.transaction(() =>
    archive.slides.openGrid({
      itemId,
      modelId: row.id,
      mpp,
      tilePx: preprocessing.sizePx,
      budget: JSON.stringify(budget),
      tissueTiles,
      tiles: tiles.length,
      at: new Date().toISOString(),
    }),
  );
  const known = new Map(archive.slides.places(itemId, row.id, mpp).map((place) => [keyOf(place), place]));
  const missing = tiles.filter((tile) => known.get(keyOf(tile))?.embedded !== 1);
  progress(tiles.length - missing.length);

  const preparation = [
    `${preprocessing.sizePx} × ${preprocessing.sizePx} px, RGB`,
    `${mpp} µm per pixel`,
    `preparation ${preprocessing.version}`,
  ];
  for await (const batch of tileVectors(parts, { path, colours }, missing, control)) {
    if (control.signal.aborted || !archive.db.open) break;
    archive.transaction(() => {
      batch.tiles.forEach((tile, index) => {
        // A tile that another model has read is the same region.
        const regionId =
          known.get(keyOf(tile))?.regionId ??
          archive.items.addRegion(itemId, {
            kind: 'tile',
            frame: 0,
            level: 0,
            ...tile,
            preparation,
            windowName: null,
          });
        archive.slides.addTile(regionId, mpp, batch.sharpness[index] ?? 0);
        const from = index * row.dimensions;
        archive.vectors.add(row, regionId, batch.vectors.subarray(from, from + row.dimensions), itemId);
      });
      archive.settings.bumpGeneration();
    });
    progress(batch.tiles.length);
  }
  return gridId;
}

/** One vector for the slide, pooled from its finest tiles, takes the place of the one before. */
async function finish(
  { archive, model: { row } }: ImportParts,
  itemId: number,
  gridId: number,
  poolTiles: SlideEmbedWish['poolTiles'],
): Promise<void> {
  const isFinest = archive.slides.grids(itemId, row.id)[0]?.id === gridId;
  const pooled = isFinest ? await poolTiles(row, itemId) : null;
  if (!archive.db.open) return;
  archive.transaction(() => {
    if (pooled) storeSlideVector(archive, row, itemId, pooled);
    archive.slides.closeGrid(gridId, pooled?.name ?? null);
    archive.settings.bumpGeneration();
  });
}

/** Stores the vector that stands for a slide in place of the one before, inside the caller's transaction. */
export function storeSlideVector(
  archive: ImportParts['archive'],
  row: ModelRow,
  itemId: number,
  { vector, tiles, name }: PooledTiles,
): void {
  const item = archive.items.get(itemId);
  const place = { x: 0, y: 0, w: item?.widthPx ?? 1, h: item?.heightPx ?? 1 };
  const preparation = [`pooled from ${tiles} tiles: ${name}`];
  const regionId =
    archive.slides.wholeRegion(itemId) ??
    archive.items.addRegion(itemId, {
      ...place, kind: 'whole', frame: 0, level: 0, preparation, windowName: null,
    }); // prettier-ignore
  archive.vectors.replace(row, regionId, vector, itemId);
}
