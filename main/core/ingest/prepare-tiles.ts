import { ArchiveError } from '../../../preload/contract/faults.ts';
import { stainProfile, type StainProfile } from '../domain/stain.ts';
import { recolour, type ColourSteps } from '../domain/stain-jitter.ts';
import type { TilePlace } from '../domain/tiling.ts';
import { sharpness } from '../domain/tissue.ts';
import type { Preprocessing } from '../encode/bundle.ts';
import { preprocess } from '../encode/preprocess.ts';
import { levelFor, type Slide, type SlidePixels } from '../imaging/slide/slide.ts';
import { slideAt } from './open-slides.ts';

/** Tiles read at a time: decoding goes on in other threads while this one resamples. */
const READ_AHEAD = 2;
/** Memory of a cut-out larger than this is not kept for the next one. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024;

export interface PreparedTiles {
  /** The model's input of each tile, one after another: RGB, `sizePx`² · 3 bytes. */
  readonly pixels: Uint8Array;
  readonly sharpness: readonly number[];
}

/**
 * Reads tiles and prepares them for the model, each from the coarsest level that is not coarser than the model sees.
 *
 * @param tiles - in pixels of level 0.
 * @param colours - what happens to their colours last; how sharp a tile is was measured before.
 * @param pixels - where the input goes, as long as it needs; left out, memory of its own.
 */
export async function prepareTiles(
  path: string,
  tiles: readonly TilePlace[],
  preprocessing: Preprocessing,
  colours: ColourSteps | null = null,
  pixels: Uint8Array = new Uint8Array(preprocessing.sizePx ** 2 * 3 * tiles.length),
): Promise<PreparedTiles> {
  const slide = await slideAt(path);
  const { sizePx } = preprocessing;
  const bytes = sizePx * sizePx * 3;
  const sharp: number[] = [];
  const reads: Promise<CutOut>[] = [];
  const read = (index: number) => {
    const tile = tiles[index];
    if (!tile) return;
    const reading = cutOut(slide, tile, sizePx);
    reading.catch(() => undefined); // Told when it is its turn.
    reads[index] = reading;
  };
  for (let index = 0; index < READ_AHEAD; index++) read(index);
  for (let index = 0; index < tiles.length; index++) {
    const { picture, memory } = await (reads[index] as Promise<CutOut>);
    delete reads[index];
    const isInput = picture.width === sizePx && picture.height === sizePx;
    const input = isInput ? picture.data : preprocess({ ...picture, channels: 3 }, preprocessing);
    sharp.push(sharpness(input, sizePx, sizePx));
    pixels.set(colours ? recolour(input, colours) : input, index * bytes);
    keepMemory(memory);
    read(index + READ_AHEAD);
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

interface CutOut {
  readonly picture: SlidePixels;
  /** In which the picture lies, unless its reader has memory of its own. */
  readonly memory: Uint8Array;
}

/** A rectangle of level 0, read with at least `leastPx` pixels on its shorter side where the slide has them. */
async function cutOut(slide: Slide, { x, y, w, h }: TilePlace, leastPx: number): Promise<CutOut> {
  const level = levelFor(slide.levels, Math.max(1, Math.min(w, h) / leastPx));
  const { downsample } = slide.levels[level] ?? { downsample: 1 };
  const wish = {
    level,
    x: Math.round(x / downsample),
    y: Math.round(y / downsample),
    w: Math.max(1, Math.round(w / downsample)),
    h: Math.max(1, Math.round(h / downsample)),
  };
  const memory = memoryFor(wish.w * wish.h * 3);
  return { picture: await slide.readRegion(wish, memory), memory };
}

/** Of cut-outs that were dealt with. Tiles are equal in size, and fresh memory for each keeps the collector busy. */
const spare: Uint8Array[] = [];

function memoryFor(bytes: number): Uint8Array {
  const at = spare.findIndex(({ length }) => length === bytes);
  return spare.splice(at, at < 0 ? 0 : 1)[0] ?? new Uint8Array(bytes);
}

function keepMemory(memory: Uint8Array): void {
  if (memory.length > MOST_KEPT_BYTES) return;
  spare.push(memory);
  if (spare.length > READ_AHEAD) spare.shift();
}
