import { ArchiveError, faultOf } from '../../../preload/contract/faults.ts';
import type { Chip } from '../../../preload/contract/search.ts';
import { liftOf } from '../domain/background.ts';
import { planTiles, type TileBudget, type TilePlace } from '../domain/tiling.ts';
import { tissueClass } from '../domain/tissue.ts';
import { embedSlides } from '../ingest/slide-embed-job.ts';
import { planSlide } from '../ingest/slide-plan.ts';
import { queryVector } from './prepared-query.ts';
import type { Session } from './session.ts';
import { slideMask } from './slide-grid.ts';
import { checkPooling, poolAgain, pooledItems, poolSlides } from './slide-pooling.ts';
import {
  coloursOf,
  DEFAULT_POOLING,
  knownPreparation,
  preparedModel,
  type PreparedModel,
} from './slide-preparations.ts';

export interface EmbedWish {
  /** Left out: all slides that have no finished grid of such tiles and state µm per pixel. */
  readonly itemIds?: readonly number[] | undefined;
  readonly budget: TileBudget;
  /** How the colours of tiles are prepared; left out, as scanned. */
  readonly stain?: string | undefined;
  /** Makes a further vector of each slide; left out, there is the usual one alone. */
  readonly pooling?: string | undefined;
}

/**
 * Starts the job that reads tiles of slides with the model in use.
 *
 * @returns null where there is nothing to do.
 * @throws ArchiveError `item.unknown`, `slide.stain-unknown`, `slide.pooling-unknown`, `slide.pooling-unfit`, `model.*`.
 */
export async function startSlideEmbedding(session: Session, wish: EmbedWish): Promise<number | null> {
  const { archive, jobs } = session;
  const { budget, stain = 'none', pooling = DEFAULT_POOLING } = wish;
  const model = await preparedModel(session, stain);
  checkPooling(session, model, pooling);
  const chosen = wish.itemIds ?? lacking(session, model, pooling);
  if (chosen.length === 0) return null;
  for (const itemId of chosen)
    if (!archive.slides.get(itemId)) throw new ArchiveError('item.unknown', { itemId });
  const only = chosen.length === 1 ? archive.items.get(chosen[0] ?? 0)?.path : undefined;
  const title = only ?? `${chosen.length} slides`;
  return jobs.start('slide-embed', title, { itemIds: chosen, budget, stain, pooling }, async (control) => {
    const parts = await session.importParts(model, control.signal);
    const poolTiles = (row: { id: number; dimensions: number }, itemId: number) =>
      session.slideScan.pool(row, itemId, DEFAULT_POOLING);
    const colours = ({ itemId }: { readonly itemId: number }, signal: AbortSignal) =>
      coloursOf(session, model, itemId, signal);
    await embedSlides(parts, { itemIds: chosen, budget, coloursOf: colours, poolTiles }, control);
    if (control.signal.aborted || !archive.db.open) return;
    if (pooling !== DEFAULT_POOLING) await poolSlides(session, model, pooling, chosen, control.signal);
    await poolAgain(session, model, chosen, control.signal);
  });
}

function lacking(session: Session, model: PreparedModel, pooling: string): number[] {
  const { archive } = session;
  const pooled = pooling === DEFAULT_POOLING ? null : new Set(pooledItems(session, model, pooling));
  return archive.slides.items().filter((itemId) => {
    if (!archive.slides.get(itemId)?.mppX) return false;
    const grids = archive.slides.grids(itemId, model.row.id);
    const isRead = grids.length > 0 && grids.every(({ state }) => state === 'done');
    return !isRead || (pooled !== null && !pooled.has(itemId));
  });
}

/** What embedding would take. A slide for which that cannot be said has a fault instead. */
export async function estimateSlides(
  session: Session,
  itemIds: readonly number[],
  budget: TileBudget,
  signal: AbortSignal,
) {
  const model = await session.activeModel();
  const parts = await session.importParts(model, signal);
  const slides = [];
  for (const itemId of itemIds) {
    try {
      const { grids } = await planSlide(parts, itemId, { budget }, signal);
      const sum = (of: 'tissueTiles' | 'tiles') =>
        grids.reduce((total, grid) => total + (of === 'tiles' ? grid.tiles.length : grid.tissueTiles), 0);
      slides.push({ itemId, tissueTiles: sum('tissueTiles'), tiles: sum('tiles'), fault: null });
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      slides.push({ itemId, tissueTiles: 0, tiles: 0, fault: faultOf(thrown) });
    }
  }
  const tiles = slides.reduce((total, slide) => total + slide.tiles, 0);
  const { msPerPicture } = await model.encoder.prepareImages(signal);
  return { slides, tiles, seconds: msPerPicture === null ? null : (tiles * msPerPicture) / 1000 };
}

export interface HeatWish {
  readonly itemId: number;
  readonly chips: readonly Chip[];
  /** Subtracted tile by tile. */
  readonly minus: readonly Chip[];
  /** Which tiles are compared. */
  readonly stain: string;
}

/**
 * Every tile of a slide with its cosine to a query and how far that lies above the query's background; of two queries
 * the differences.
 *
 * @throws ArchiveError `slide.not-embedded`, `item.unknown`, `query.*`, and what the model throws.
 */
export async function slideHeat(
  session: Session,
  { itemId, chips, minus, stain }: HeatWish,
  signal: AbortSignal,
) {
  const started = performance.now();
  const { archive, slideScan } = session;
  if (!archive.slides.get(itemId)) throw new ArchiveError('item.unknown', { itemId });
  const model = await knownPreparation(session, stain);
  if (!model) throw new ArchiveError('slide.not-embedded', { itemId, stain });
  const query = await queryVector(session, model, chips, signal);
  const other = minus.length > 0 ? await queryVector(session, model, minus, signal) : null;
  const encodeMs = performance.now() - started;
  const rows = await slideScan.heat(model.row, itemId, query, signal);
  if (!rows || rows.scores.length === 0) throw new ArchiveError('slide.not-embedded', { itemId, stain });
  const { row } = model;
  const against = other && (await slideScan.heat(row, itemId, other, signal));
  const tiles = Array.from(rows.scores, (score, index) => {
    const [x = 0, y = 0, w = 1, h = 1] = rows.places.subarray(index * 4, index * 4 + 4);
    const otherScore = against?.scores[index] ?? 0;
    const lift = liftOf(score, rows.background) - (against ? liftOf(otherScore, against.background) : 0);
    return { regionId: rows.regionIds[index] ?? 0, x, y, w, h, score: score - otherScore, lift };
  }).sort((a, b) => a.y - b.y || a.x - b.x);
  const totalMs = performance.now() - started;
  const tookMs = { encode: encodeMs, compare: totalMs - encodeMs, total: totalMs };
  return { tiles, unread: unreadTiles(), background: rows.background, mpp: rows.mpp, tookMs };

  function unreadTiles(): TilePlace[] {
    const grid = archive.slides.grids(itemId, row.id)[0];
    const mask = grid && grid.tiles < grid.tissueTiles ? archive.slides.mask(itemId) : null;
    const item = archive.items.get(itemId);
    const facts = archive.slides.get(itemId);
    if (!grid || !mask || !item || !facts?.mppX || !facts.mppY) return [];
    const size = { widthPx: item.widthPx, heightPx: item.heightPx, mppX: facts.mppX, mppY: facts.mppY };
    const all = planTiles({ ...size, tilePx: grid.tilePx, mpp: grid.mpp }, { ...mask, field: 'bright' });
    const read = new Set(tiles.map(({ x, y }) => `${x},${y}`));
    return all.filter(({ x, y }) => !read.has(`${x},${y}`));
  }
}

/** The best tiles of the archive for a query, grouped by nothing but limited per slide. */
export async function searchTiles(
  session: Session,
  {
    chips,
    limit,
    perSlide,
    stain,
  }: {
    readonly chips: readonly Chip[];
    readonly limit: number;
    readonly perSlide: number;
    readonly stain: string;
  },
  signal: AbortSignal,
) {
  const started = performance.now();
  const { archive, slideScan } = session;
  const model = await knownPreparation(session, stain);
  if (!model) throw new ArchiveError('slide.not-embedded', { stain });
  const vector = await queryVector(session, model, chips, signal);
  const drawn = chips.flatMap((chip) =>
    chip.type === 'region' ? [archive.items.region(chip.regionId)] : [],
  )[0];
  const found = await slideScan.tiles(
    model.row,
    { query: vector, limit, perSlide, without: drawn ?? null },
    signal,
  );
  return { found, tookMs: performance.now() - started };
}

/** Tissue as a translucent picture: green tissue, red ink, glass clear. */
export async function slideMaskPicture(session: Session, itemId: number, signal: AbortSignal) {
  if (!session.archive.slides.get(itemId)) throw new ArchiveError('item.unknown', { itemId });
  const mask = await slideMask(session, itemId, signal);
  const { classes, width, height } = mask;
  const rgba = new Uint8Array(width * height * 4);
  let tissue = 0;
  classes.forEach((one, pixel) => {
    if (one === tissueClass.tissue) {
      rgba.set([30, 150, 110, 110], pixel * 4);
      tissue++;
    } else if (one === tissueClass.pen) rgba.set([210, 40, 60, 150], pixel * 4);
  });
  return { rgba, width, height, tissueShare: tissue / classes.length };
}
