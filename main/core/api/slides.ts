import { dirname } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { JobId, RegionId } from '../../../preload/contract/ids.ts';
import { StainName } from '../../../preload/contract/slide-preparations.ts';
import type { SlideDetail, slideMethods } from '../../../preload/contract/slides.ts';
import { FIXED_SCALE, hotspots, scoreRange } from '../domain/heat.ts';
import { pngOfRgba } from '../imaging/thumbnail.ts';
import { unchangedFile } from '../ingest/unchanged-file.ts';
import { heatText } from '../session/heat-file.ts';
import type { Program } from '../session/program.ts';
import type { Session } from '../session/session.ts';
import { slideGrid } from '../session/slide-grid.ts';
import { slideRegion } from '../session/slide-region.ts';
import {
  estimateSlides,
  searchTiles,
  slideHeat,
  slideMaskPicture,
  startSlideEmbedding,
} from '../session/slides.ts';
import { viewLevels } from '../session/view-levels.ts';
import type { SlideGrid } from '../store/slides.ts';
import type { HandlersOf } from './handlers.ts';

const MOST_HOTSPOTS = 60;

export function slideHandlers(program: Program): HandlersOf<typeof slideMethods> {
  return {
    'slide.get': ({ itemId }) => detailOf(program.session(), itemId),
    'slide.setMpp': ({ itemId, mpp, folder }) => ({
      changed: setMpp(program.session(), itemId, mpp, folder),
    }),
    'slide.estimate': async ({ itemIds, budget }, signal) => {
      const { slides, tiles, seconds } = await estimateSlides(program.session(), itemIds, budget, signal);
      return {
        slides: slides.map((one) => ({ ...one, itemId: one.itemId as SlideDetail['itemId'] })),
        tiles,
        seconds,
      };
    },
    'slide.embed': async (wish) => {
      const jobId = await startSlideEmbedding(program.session(), wish);
      return { jobId: jobId === null ? null : JobId.parse(jobId) };
    },
    'slide.heat': async (wish, signal) => {
      const { tiles, unread, background, mpp, tookMs } = await slideHeat(program.session(), wish, signal);
      const indexOf = new Map(tiles.map(({ regionId }, index) => [regionId, index]));
      const [first] = tiles;
      return {
        regionIds: tiles.map(({ regionId }) => RegionId.parse(regionId)),
        x: tiles.map(({ x }) => x),
        y: tiles.map(({ y }) => y),
        w: first?.w ?? 1,
        h: first?.h ?? 1,
        scores: tiles.map(({ score }) => rounded(score, 4)),
        lifts: tiles.map(({ lift }) => rounded(lift, 3)),
        unread: { x: unread.map(({ x }) => x), y: unread.map(({ y }) => y) },
        ...scoreRange(tiles),
        background,
        scale: FIXED_SCALE,
        mpp,
        hotspots: hotspots(tiles, MOST_HOTSPOTS).map(({ regionId, score, lift }) => ({
          index: indexOf.get(regionId) ?? 0,
          score,
          lift,
        })),
        tookMs,
      };
    },
    'slide.exportHeat': ({ as, ...request }, signal) => heatText(program.session(), request, as, signal),
    'slide.region': async ({ itemId, stain, ...place }, signal) => {
      const { regionId, tiles } = await slideRegion(program.session(), itemId, place, stain, signal);
      return { regionId: RegionId.parse(regionId), tiles };
    },
    'slide.tiles': async (wish, signal) => {
      const session = program.session();
      const { found, tookMs } = await searchTiles(session, wish, signal);
      const hits = found.map(({ itemId, regionId, x, y, w, h, score, lift }) => ({
        itemId: itemId as SlideDetail['itemId'],
        regionId: RegionId.parse(regionId),
        path: session.archive.items.get(itemId)?.path ?? '',
        x, y, w, h, lift,
        similarity: score,
      })); // prettier-ignore
      return { hits, tookMs };
    },
    'slide.cut': async ({ itemId, longestPx, ...place }, signal) => {
      const { archive, pool, media } = program.session();
      const path = await unchangedFile(archive, itemId);
      const { bytes, widthPx, heightPx } = await pool.slideCut({ path, place, longestPx }, signal);
      return { path: await media.write('view', bytes, 'webp'), widthPx, heightPx };
    },
    'slide.grid': ({ itemId, stain }, signal) => slideGrid(program.session(), itemId, stain, signal),
    'slide.mask': async ({ itemId }, signal) => {
      const session = program.session();
      const { rgba, width, height, tissueShare } = await slideMaskPicture(session, itemId, signal);
      const bytes = await pngOfRgba(rgba, width, height);
      return {
        path: await session.media.write('view', bytes, 'png'),
        widthPx: width,
        heightPx: height,
        tissueShare,
      };
    },
  };
}

/** @throws ArchiveError `item.unknown` */
async function detailOf(session: Session, itemId: number): Promise<SlideDetail> {
  const { archive } = session;
  const item = archive.items.get(itemId);
  const facts = archive.slides.get(itemId);
  if (!item || !facts) throw new ArchiveError('item.unknown', { itemId });
  const model = await session.activeModel().catch(() => null);
  const grids = model ? archive.slides.grids(itemId, model.row.id) : [];
  session.tiles.makeReady(item.sha256, facts.levels);
  // Whoever opens a slide is about to ask for its heat.
  if (model && grids.length > 0) void session.slideScan.warm(model.row, itemId).catch(() => undefined);
  return {
    itemId: itemId as SlideDetail['itemId'],
    vendor: facts.vendor,
    width: item.widthPx,
    height: item.heightPx,
    mppX: facts.mppX,
    mppY: facts.mppY,
    mppFrom: facts.mppFrom,
    objectivePower: facts.objectivePower,
    levels: viewLevels(facts.levels).map(({ width, height, downsample, tilePx }) => ({
      width,
      height,
      downsample,
      tilePx,
    })),
    tileBase: `tile/${item.sha256}`,
    grids: grids.map(shownGrid),
    stained: model ? stainedGrids(session, model.row.id, itemId) : [],
  };
}

const shownGrid = ({ mpp, tilePx, tissueTiles, tiles, state }: SlideGrid) => ({
  mpp,
  tilePx,
  tissueTiles,
  tiles,
  state,
});

function stainedGrids({ archive }: Session, baseId: number, itemId: number): SlideDetail['stained'] {
  return archive.preparations.variants(baseId).flatMap(({ modelId, stain }) => {
    const grids = archive.slides.grids(itemId, modelId).map(shownGrid);
    return grids.length > 0 ? [{ stain: StainName.parse(stain), grids }] : [];
  });
}

/** @returns how many slides now have it. */
function setMpp({ archive }: Session, itemId: number, mpp: number, folder: boolean): number {
  if (!archive.slides.get(itemId)) throw new ArchiveError('item.unknown', { itemId });
  return archive.transaction(() => {
    archive.slides.setMpp(itemId, mpp);
    const file = archive.sources.filesOf(itemId)[0];
    const source = archive.sources.roots().find(({ root }) => root === file?.source);
    if (!folder || !file || !source) return 1;
    const place = dirname(file.path);
    archive.slides.setRule(source.id, place === '.' ? '' : place, mpp);
    const others = archive.slides
      .items()
      .filter(
        (other) =>
          other !== itemId &&
          archive.slides.get(other)?.mppX === null &&
          archive.slides.ruleOf(other) === mpp,
      );
    for (const other of others) archive.slides.setMpp(other, mpp);
    return 1 + others.length;
  });
}

const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;
