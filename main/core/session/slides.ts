import { ArchiveError, faultOf } from '../../../preload/contract/faults.ts';
import type { Chip } from '../../../preload/contract/search.ts';
import { liftOf } from '../domain/background.ts';
import { FINE_MPP, planTiles, withinBudget, type TileBudget, type TilePlace } from '../domain/tiling.ts';
import { tissueClass } from '../domain/tissue.ts';
import { combine } from '../domain/vector.ts';
import { encodePictures } from '../ingest/import-model.ts';
import { embedSlides } from '../ingest/slide-embed-job.ts';
import { planSlide, slidePath } from '../ingest/slide-plan.ts';
import { resolveChips } from '../search/chips.ts';
import type { Session } from './session.ts';
import { slideMask } from './slide-grid.ts';

/** Tiles of a drawn rectangle that make its vector; a larger one is sampled. */
const MOST_REGION_TILES = 64;

/**
 * Starts the job that reads tiles of slides with the model in use.
 *
 * @param itemIds - left out: all slides that have no finished grid of it and state µm per pixel.
 * @returns null where there is nothing to do.
 */
export async function startSlideEmbedding(
  session: Session,
  itemIds: readonly number[] | undefined,
  budget: TileBudget,
): Promise<number | null> {
  const { archive, jobs } = session;
  const model = await session.activeModel();
  const chosen = itemIds ?? lacking(session, model.row.id);
  if (chosen.length === 0) return null;
  for (const itemId of chosen)
    if (!archive.slides.get(itemId)) throw new ArchiveError('item.unknown', { itemId });
  const only = chosen.length === 1 ? archive.items.get(chosen[0] ?? 0)?.path : undefined;
  const title = only ?? `${chosen.length} slides`;
  return jobs.start('slide-embed', title, { itemIds: chosen, budget }, async (control) => {
    const parts = await session.importParts(model, control.signal);
    const poolTiles = (row: { id: number; dimensions: number }, itemId: number) =>
      session.slideScan.pool(row, itemId, 'contrast');
    await embedSlides(parts, { itemIds: chosen, budget, poolTiles }, control);
  });
}

function lacking({ archive }: Session, modelId: number): number[] {
  return archive.slides.items().filter((itemId) => {
    if (!archive.slides.get(itemId)?.mppX) return false;
    const grids = archive.slides.grids(itemId, modelId);
    return grids.length === 0 || grids.some(({ state }) => state === 'open');
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

/**
 * Every tile of a slide with its cosine to a query and how far that lies above the query's background; of two queries
 * the differences.
 *
 * @throws ArchiveError `slide.not-embedded`, `item.unknown`, `query.*`, and what the model throws.
 */
export async function slideHeat(
  session: Session,
  itemId: number,
  chips: readonly Chip[],
  minus: readonly Chip[],
  signal: AbortSignal,
) {
  const started = performance.now();
  const { archive, slideScan } = session;
  if (!archive.slides.get(itemId)) throw new ArchiveError('item.unknown', { itemId });
  const model = await session.activeModel();
  const vectorOf = async (parts: readonly Chip[]) => {
    const sources = {
      archive,
      model: { row: model.row, encodeTexts: model.encoder.encodeTexts },
      heldImages: session.heldImages,
    };
    return (await resolveChips(parts, sources, signal)).vector;
  };
  const query = await vectorOf(chips);
  const other = minus.length > 0 ? await vectorOf(minus) : null;
  const encodeMs = performance.now() - started;
  const rows = await slideScan.heat(model.row, itemId, query, signal);
  if (!rows || rows.scores.length === 0) throw new ArchiveError('slide.not-embedded', { itemId });
  const against = other && (await slideScan.heat(model.row, itemId, other, signal));
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
    const grid = archive.slides.grids(itemId, model.row.id)[0];
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

/**
 * Gives a rectangle a vector at the resolution that the model's tiles have: the mean direction of the tiles in it.
 *
 * @throws ArchiveError `request.invalid` for one outside the slide, `slide.no-mpp`, `file.*`, `slide.unreadable`.
 */
export async function slideRegion(session: Session, itemId: number, drawn: TilePlace, signal: AbortSignal) {
  const { archive, pool } = session;
  const item = archive.items.get(itemId);
  const facts = archive.slides.get(itemId);
  if (!item || !facts) throw new ArchiveError('item.unknown', { itemId });
  if (facts.mppX === null || facts.mppY === null) throw new ArchiveError('slide.no-mpp', { itemId });
  const x = Math.max(0, Math.round(drawn.x));
  const y = Math.max(0, Math.round(drawn.y));
  const w = Math.min(item.widthPx, Math.round(drawn.x + drawn.w)) - x;
  const h = Math.min(item.heightPx, Math.round(drawn.y + drawn.h)) - y;
  if (w < 1 || h < 1) throw new ArchiveError('request.invalid', { at: 'rectangle' });
  const model = await session.activeModel();
  const parts = await session.importParts(model, signal);
  const { preprocessing } = parts.model;
  const tiles = tilesIn(
    { x, y, w, h },
    (preprocessing.sizePx * FINE_MPP) / facts.mppX,
    (preprocessing.sizePx * FINE_MPP) / facts.mppY,
  );
  const path = await slidePath(archive, itemId);
  const { pixels } = await pool.slideTiles({ path, tiles, preprocessing }, signal);
  const size = preprocessing.sizePx ** 2 * 3;
  const pictures = tiles.map((_, index) => pixels.subarray(index * size, (index + 1) * size));
  const vectors = await encodePictures(parts.model, pictures, signal);
  const vector = combine(vectors.map((one) => ({ vector: one, weight: 1 }))) ?? vectors[0];
  if (!vector) throw new ArchiveError('internal');
  const preparation = [
    `${tiles.length} tiles of ${FINE_MPP} µm per pixel, mean direction`,
    `preparation ${preprocessing.version}`,
  ];
  const regionId = archive.transaction(() => {
    const id = archive.items.addRegion(itemId, {
      kind: 'roi',
      frame: 0,
      level: 0,
      x,
      y,
      w,
      h,
      preparation,
      windowName: null,
    });
    archive.vectors.add(model.row, id, vector, itemId);
    archive.settings.bumpGeneration();
    return id;
  });
  return { regionId, tiles: tiles.length };
}

/** A grid that fills the rectangle evenly; one tile around its middle where it is smaller than a tile. */
function tilesIn({ x, y, w, h }: TilePlace, stepX: number, stepY: number): TilePlace[] {
  const columns = Math.max(1, Math.floor(w / stepX));
  const rows = Math.max(1, Math.floor(h / stepY));
  const left = x + (w - columns * stepX) / 2;
  const top = y + (h - rows * stepY) / 2;
  const all = Array.from({ length: columns * rows }, (_, index) => ({
    x: Math.round(left + (index % columns) * stepX),
    y: Math.round(top + Math.floor(index / columns) * stepY),
    w: Math.round(stepX),
    h: Math.round(stepY),
  }));
  return withinBudget(all, { is: 'most', n: MOST_REGION_TILES });
}

/** The best tiles of the archive for a query, grouped by nothing but limited per slide. */
export async function searchTiles(
  session: Session,
  chips: readonly Chip[],
  limit: number,
  perSlide: number,
  signal: AbortSignal,
) {
  const started = performance.now();
  const { archive, slideScan } = session;
  const model = await session.activeModel();
  const sources = {
    archive,
    model: { row: model.row, encodeTexts: model.encoder.encodeTexts },
    heldImages: session.heldImages,
  };
  const { vector } = await resolveChips(chips, sources, signal);
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
