import { stat } from 'node:fs/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { stainProfile, type StainProfile } from '../domain/stain.ts';
import { recolour, type ColourSteps } from '../domain/stain-jitter.ts';
import type { TilePlace } from '../domain/tiling.ts';
import { sharpness, tissueMask, type TissueMask } from '../domain/tissue.ts';
import type { Preprocessing } from '../encode/bundle.ts';
import { preprocess } from '../encode/preprocess.ts';
import { overview } from '../imaging/slide/overview.ts';
import { openSlide } from '../imaging/slide/open-slide.ts';
import { levelFor, type Slide, type SlidePixels } from '../imaging/slide/slide.ts';
import type { Picture } from '../imaging/picture.ts';
import { jpeg, png, thumbnail } from '../imaging/thumbnail.ts';
import type { Judgement } from '../domain/identity.ts';
import type { ReadFile } from './decode-read.ts';

/** What the work of a decoder thread on slides may leave open: opening one reads headers, so it is kept a while. */
const MOST_OPEN = 3;
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

export interface PreparedTiles {
  /** The model's input of each tile, one after another: RGB, `sizePx`² · 3 bytes. */
  readonly pixels: Uint8Array;
  readonly sharpness: readonly number[];
}

const open = new Map<string, Slide>();

/** The slide of a path, opened when it is not open. One task at a time runs in a thread, so none is closed in use. */
async function slideAt(path: string): Promise<Slide> {
  const status = await stat(path).catch(() => {
    throw new ArchiveError('file.missing');
  });
  const key = `${path}\0${status.size}\0${status.mtimeMs}`;
  const known = open.get(key);
  if (known) {
    open.delete(key);
    open.set(key, known);
    return known;
  }
  for (const [oldest, slide] of open) {
    if (open.size < MOST_OPEN) break;
    open.delete(oldest);
    await slide.close();
  }
  const slide = await openSlide(path);
  open.set(key, slide);
  return slide;
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

/**
 * Reads tiles and prepares them for the model, each from the coarsest level that is not coarser than the model sees.
 *
 * @param tiles - in pixels of level 0.
 * @param colours - what happens to their colours last; how sharp a tile is was measured before.
 */
export async function prepareTiles(
  path: string,
  tiles: readonly TilePlace[],
  preprocessing: Preprocessing,
  colours: ColourSteps | null = null,
): Promise<PreparedTiles> {
  const slide = await slideAt(path);
  const { sizePx } = preprocessing;
  const bytes = sizePx * sizePx * 3;
  const pixels = new Uint8Array(bytes * tiles.length);
  const sharp: number[] = [];
  // A few at a time: decoding goes on in other threads while this one resamples.
  const ahead = 4;
  const reads: Promise<SlidePixels>[] = [];
  const read = (tile: TilePlace) => {
    const reading = cutOut(slide, tile, sizePx);
    reading.catch(() => undefined); // Told when it is its turn.
    return reading;
  };
  for (const [index, tile] of tiles.slice(0, ahead).entries()) reads[index] = read(tile);
  for (let index = 0; index < tiles.length; index++) {
    const picture = await (reads[index] as Promise<SlidePixels>);
    delete reads[index];
    const next = tiles[index + ahead];
    if (next) reads[index + ahead] = read(next);
    const input = preprocess({ ...picture, channels: 3 }, preprocessing);
    pixels.set(colours ? recolour(input, colours) : input, index * bytes);
    sharp.push(sharpness(input, sizePx, sizePx));
  }
  return { pixels, sharpness: sharp };
}

/** What the slide is stained like, by these tiles of it. @throws ArchiveError `slide.no-stain` */
export async function dyesOf(
  path: string,
  tiles: readonly TilePlace[],
  preprocessing: Preprocessing,
): Promise<StainProfile> {
  const profile = stainProfile((await prepareTiles(path, tiles, preprocessing)).pixels);
  if (!profile) throw new ArchiveError('slide.no-stain');
  return profile;
}

/** A rectangle of level 0, read with at least `leastPx` pixels on its shorter side where the slide has them. */
async function cutOut(slide: Slide, { x, y, w, h }: TilePlace, leastPx: number): Promise<SlidePixels> {
  const level = levelFor(slide.levels, Math.max(1, Math.min(w, h) / leastPx));
  const { downsample } = slide.levels[level] ?? { downsample: 1 };
  return await slide.readRegion({
    level,
    x: Math.round(x / downsample),
    y: Math.round(y / downsample),
    w: Math.max(1, Math.round(w / downsample)),
    h: Math.max(1, Math.round(h / downsample)),
  });
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
