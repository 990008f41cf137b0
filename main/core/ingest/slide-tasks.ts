import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { TilePlace } from '../domain/tiling.ts';
import { tissueMask, type TissueMask } from '../domain/tissue.ts';
import { overview } from '../imaging/slide/overview.ts';
import { levelFor, type Slide } from '../imaging/slide/slide.ts';
import type { Picture } from '../imaging/picture.ts';
import { jpeg, png, thumbnail } from '../imaging/thumbnail.ts';
import type { Judgement } from '../domain/identity.ts';
import type { ReadFile } from './decode-read.ts';
import { slideAt } from './open-slides.ts';

/** Longest side of the picture that tissue is looked for in. */
const MASK_PX = 1536;
const THUMB_PX = 320;
const VIEW_QUALITY = 85;
/** Longest side of a cut-out for people. */
const MOST_CUT_PX = 2048;

/** A slide as an import stores it: no regions yet, those come with its tiles. */
export interface ReadSlide extends ReadFile {
  readonly kind: 'slide';
  readonly slide: NonNullable<ReadFile['slide']>;
}

/** Reads what an archive stores of a slide, its thumbnail included. */
export async function readSlide(path: string, judgement: Judgement): Promise<ReadSlide> {
  const slide = await slideAt(path);
  const { vendor, width, height, mppX, mppY, objectivePower, levels, attributes, identifiers } = slide;
  const small = await overview(slide, THUMB_PX);
  const stated = [
    { name: 'slideFormat', text: vendor },
    ...(mppX === null ? [] : [{ name: 'mppX', number: mppX, unit: 'µm' }]),
    ...(mppY === null ? [] : [{ name: 'mppY', number: mppY, unit: 'µm' }]),
    ...(objectivePower === null ? [] : [{ name: 'objectivePower', number: objectivePower, unit: '×' }]),
    { name: 'levels', number: levels.length },
  ];
  return {
    kind: 'slide',
    width,
    height,
    frames: 1,
    attributes: [...attributes.filter(({ name }) => !stated.some((one) => one.name === name)), ...stated],
    identifiers,
    judgement,
    notes: [...slide.notes, ...labelNotes(slide)],
    regions: [],
    thumb: await thumbnail({ ...small, window: null, notes: [] }, THUMB_PX),
    slide: { vendor, mppX, mppY, objectivePower, levels },
  };
}

/** Whoever passes the file on passes these on with it. */
function labelNotes({ associated }: Slide): string[] {
  const shown = associated.filter((name) => name === 'label' || name === 'macro');
  return shown.length > 0
    ? [`the file holds a ${shown.join(' and a ')} picture, which is neither read nor shown`]
    : [];
}

/** The whole slide, its longest side at most `longestPx`. */
export async function slideOverview(path: string, longestPx: number): Promise<Picture> {
  return { ...(await overview(await slideAt(path), longestPx)), window: null, notes: [] };
}

/** Where the slide has tissue. */
export async function maskOf(path: string): Promise<TissueMask> {
  const { data, width, height } = await overview(await slideAt(path), MASK_PX);
  return tissueMask(data, width, height);
}

/** A rectangle of level 0 as a picture for people. */
export async function cutPicture(path: string, place: TilePlace, longestPx: number, as: 'webp' | 'png') {
  const slide = await slideAt(path);
  const most = Math.min(longestPx, MOST_CUT_PX);
  const shrink = Math.max(place.w, place.h) / most;
  const level = levelFor(slide.levels, Math.max(1, shrink));
  const { downsample } = slide.levels[level] ?? { downsample: 1 };
  const w = Math.max(1, Math.round(place.w / downsample));
  const h = Math.max(1, Math.round(place.h / downsample));
  const read = await slide.readRegion({
    level,
    x: Math.round(place.x / downsample),
    y: Math.round(place.y / downsample),
    w,
    h,
  });
  const picture = { ...read, window: null, notes: [] };
  const bytes = as === 'png' ? await png(picture) : await thumbnail(picture, most);
  const fit = as === 'png' ? 1 : Math.min(1, most / Math.max(w, h));
  return { bytes, widthPx: Math.max(1, Math.round(w * fit)), heightPx: Math.max(1, Math.round(h * fit)) };
}

/** A rectangle exactly as it is stored at a level. */
export async function cutLevel(path: string, level: number, { x, y, w, h }: TilePlace) {
  const slide = await slideAt(path);
  const read = await slide.readRegion({ level, x, y, w, h });
  return { bytes: await png({ ...read, window: null, notes: [] }), widthPx: w, heightPx: h };
}

/**
 * One tile for the viewer. A stored JPEG is passed on as it is, also where it reaches beyond the slide.
 *
 * @param tile - `tilePx`: its side; `shrink`: pixels of the level along one of the tile's, a whole number.
 */
export async function viewTile(tile: {
  readonly path: string;
  readonly level: number;
  readonly column: number;
  readonly row: number;
  readonly tilePx: number;
  readonly shrink: number;
}): Promise<{ bytes: Uint8Array }> {
  const { level, column, row, tilePx, shrink } = tile;
  const slide = await slideAt(tile.path);
  const size = slide.levels[level];
  if (!size) throw new ArchiveError('media.unknown');
  const side = tilePx * shrink;
  const [x, y] = [column * side, row * side];
  const w = Math.min(side, size.width - x);
  const h = Math.min(side, size.height - y);
  if (w < 1 || h < 1) throw new ArchiveError('media.unknown');
  const isStored = shrink === 1 && size.tileWidth === tilePx && size.tileHeight === tilePx;
  const stored = isStored ? await slide.rawTile(level, column, row) : null;
  if (stored) return { bytes: stored.bytes };
  const picture = { ...(await slide.readRegion({ level, x, y, w, h })), window: null, notes: [] };
  return { bytes: await jpeg(picture, VIEW_QUALITY, shrink) };
}
