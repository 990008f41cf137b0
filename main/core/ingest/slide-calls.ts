import { ArchiveError } from '../../../preload/contract/faults.ts';
import { normaliseStain, stainProfile, type StainProfile } from '../domain/stain.ts';
import type { ColourSteps } from '../domain/stain-jitter.ts';
import type { TilePlace } from '../domain/tiling.ts';
import type { TissueMask } from '../domain/tissue.ts';
import type { Preprocessing } from '../encode/bundle.ts';
import { preprocess } from '../encode/preprocess.ts';
import { findOpenSlide } from '../imaging/slide/openslide/library.ts';
import { png, webp } from '../imaging/thumbnail.ts';
import type { DerivedPicture } from './decode-worker.ts';
import { outcome, type Outcome } from './outcome.ts';
import { dyesOf, prepareTiles, type PreparedTiles } from './prepare-tiles.ts';
import { cutLevel, cutPicture, maskOf, slideOverview, viewTile } from './slide-tasks.ts';

// What a decoder thread does with slides, as its pool calls it.

const THUMB_PX = 320;
/** Longest side of the picture of a whole slide. */
const SLIDE_OVERVIEW_PX = 2048;
const FULL_QUALITY = 90;
const MOST_CUT_PX = 2048;

/** The libopenslide that this thread uses, or that of a file; null where there is none. */
export function openSlideFound({
  path,
}: {
  path?: string;
}): Promise<Outcome<{ name: string; version: string } | null>> {
  return outcome(async () => {
    const library = await findOpenSlide(path);
    return library && { name: library.name, version: library.version };
  });
}

/** Where a slide has tissue. */
export function slideMask({ path }: { path: string }): Promise<Outcome<TissueMask>> {
  return outcome(() => maskOf(path));
}

/** Tiles of a slide as the model's input. @param task - `into`: shared memory that it goes to. */
export function slideTiles(task: {
  path: string;
  tiles: readonly TilePlace[];
  preprocessing: Preprocessing;
  colours?: ColourSteps | null;
  into?: Uint8Array<SharedArrayBuffer>;
}): Promise<Outcome<PreparedTiles>> {
  return outcome(() => prepareTiles(task.path, task.tiles, task.preprocessing, task.colours, task.into));
}

/** What a slide is stained like, by these tiles of it. */
export function slideDyes(task: {
  path: string;
  tiles: readonly TilePlace[];
  preprocessing: Preprocessing;
}): Promise<Outcome<StainProfile>> {
  return outcome(() => dyesOf(task.path, task.tiles, task.preprocessing));
}

/** A picture as if it had been stained like the target; its own dyes are found in it alone. */
export function stainPicture(task: {
  pixels: Uint8Array;
  target: StainProfile;
}): Promise<Outcome<Uint8Array>> {
  return outcome(() => Promise.resolve(restained(task.pixels, task.target)));
}

/** One tile of the viewer's grid. */
export function slideView(task: {
  path: string;
  level: number;
  column: number;
  row: number;
  tilePx: number;
  shrink: number;
}): Promise<Outcome<{ bytes: Uint8Array }>> {
  return outcome(() => viewTile(task));
}

/** A rectangle of a slide as a picture: in pixels of `level` as stored (PNG), or of level 0 and shrunk (WebP). */
export function slideCut(task: {
  path: string;
  place: TilePlace;
  level?: number;
  longestPx?: number;
}): Promise<Outcome<Omit<DerivedPicture, 'preparation'>>> {
  const { path, place, level, longestPx = MOST_CUT_PX } = task;
  return outcome(() =>
    level === undefined ? cutPicture(path, place, longestPx, 'webp') : cutLevel(path, level, place),
  );
}

/** The whole of a slide as a picture; it has no original size that a screen could show. */
export async function deriveSlide(
  path: string,
  as: 'full' | 'original' | 'thumb' | 'model-view',
  rule: Preprocessing,
): Promise<DerivedPicture> {
  const small = await slideOverview(path, as === 'thumb' ? THUMB_PX : SLIDE_OVERVIEW_PX);
  const { width: widthPx, height: heightPx } = small;
  const preparation = ['overview of the whole slide'];
  if (as === 'model-view') {
    const { sizePx } = rule;
    const data = preprocess({ width: widthPx, height: heightPx, channels: 3, data: small.data }, rule);
    const bytes = await png({ width: sizePx, height: sizePx, data, window: null, notes: [] });
    return { bytes, widthPx: sizePx, heightPx: sizePx, preparation };
  }
  const bytes = as === 'original' ? await png(small) : await webp(small, FULL_QUALITY);
  return { bytes, widthPx, heightPx, preparation };
}

function restained(pixels: Uint8Array, target: StainProfile): Uint8Array {
  const profile = stainProfile(pixels);
  if (!profile) throw new ArchiveError('slide.no-stain');
  return normaliseStain(pixels, profile, target);
}
