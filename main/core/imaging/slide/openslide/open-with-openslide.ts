import { basename } from 'node:path';

import { ArchiveError } from '../../../../../preload/contract/faults.ts';
import { fieldsOfPairs, describedFields, type FoundField } from '../../described-identity.ts';
import { downsampleOf, MOST_REGION_PIXELS, type Slide, type SlideLevel } from '../slide.ts';
import { unreadable } from '../slide-fault.ts';
import type { OpenSlideLibrary } from './library.ts';

const MOST_LEVELS = 64;
const DEFAULT_TILE = 256;

/**
 * Opens a slide with an installed libopenslide.
 *
 * @returns null where the library does not know the format.
 * @throws ArchiveError `slide.unreadable` with the library's own words, the file's name left out of them.
 */
export async function openWithOpenSlide(path: string, library: OpenSlideLibrary): Promise<Slide | null> {
  const vendor = await library.detectVendor(path);
  if (!vendor) return null;
  const handle = await library.open(path);
  if (!handle) throw unreadable('libopenslide gave no handle');
  try {
    await check();
    const levels = await readLevels();
    const [base] = levels;
    if (!base) throw unreadable('no level');
    const property = async (name: string) => {
      const value = Number((await library.property(handle, `openslide.${name}`)) ?? NaN);
      return Number.isFinite(value) && value > 0 ? value : null;
    };
    const origin = {
      x: Number((await library.property(handle, 'openslide.bounds-x')) ?? 0) || 0,
      y: Number((await library.property(handle, 'openslide.bounds-y')) ?? 0) || 0,
    };
    return {
      vendor,
      width: base.width,
      height: base.height,
      levels,
      mppX: await property('mpp-x'),
      mppY: await property('mpp-y'),
      objectivePower: await property('objective-power'),
      associated: await library.associatedNames(handle),
      attributes: [{ name: 'manufacturer', text: vendor }],
      identifiers: {},
      notes: [
        `read by libopenslide ${library.version}`,
        ...(origin.x || origin.y ? ['the scanned area does not begin at the corner'] : []),
      ],
      readRegion: async ({ level, x, y, w, h }) => {
        const { downsample } = levels[level] ?? base;
        if (!levels[level] || w < 1 || h < 1 || w * h > MOST_REGION_PIXELS)
          throw new ArchiveError('request.invalid', { at: 'region', w, h });
        const pixels = new Uint32Array(w * h);
        await library.readRegion(
          handle,
          pixels,
          Math.round(x * downsample),
          Math.round(y * downsample),
          level,
          w,
          h,
        );
        await check();
        return { width: w, height: h, data: overWhite(pixels) };
      },
      rawTile: () => Promise.resolve(null),
      close: () => library.close(handle),
    };
  } catch (error) {
    await library.close(handle);
    throw error;
  }

  /** After an error every call of the handle does nothing; the first words say why. */
  async function check(): Promise<void> {
    const said = await library.error(handle);
    if (said === null) return;
    const words = said.replaceAll(path, 'the file').replaceAll(basename(path), 'the file').slice(0, 200);
    throw unreadable(`libopenslide: ${words}`);
  }

  async function readLevels(): Promise<SlideLevel[]> {
    const count = Math.min(await library.levelCount(handle), MOST_LEVELS);
    const levels: SlideLevel[] = [];
    for (let level = 0; level < count; level++) {
      const size = await library.levelSize(handle, level);
      const tile = async (side: 'width' | 'height') =>
        Number(await library.property(handle, `openslide.level[${level}].tile-${side}`)) || DEFAULT_TILE;
      const tileSize = { tileWidth: await tile('width'), tileHeight: await tile('height') };
      levels.push({ ...size, downsample: downsampleOf(levels[0] ?? size, size), ...tileSize });
    }
    await check();
    return levels;
  }
}

/** Premultiplied ARGB words: what is transparent lets white through. */
function overWhite(pixels: Uint32Array): Uint8Array {
  const rgb = new Uint8Array(pixels.length * 3);
  for (let index = 0, to = 0; index < pixels.length; index++, to += 3) {
    const argb = pixels[index] ?? 0;
    const white = 255 - (argb >>> 24);
    rgb[to] = ((argb >>> 16) & 255) + white;
    rgb[to + 1] = ((argb >>> 8) & 255) + white;
    rgb[to + 2] = (argb & 255) + white;
  }
  return rgb;
}

/**
 * What the properties that libopenslide lists of a slide say about persons.
 *
 * @returns null where the library does not open the slide.
 */
export async function openSlideFields(path: string, library: OpenSlideLibrary): Promise<FoundField[] | null> {
  const handle = (await library.detectVendor(path)) ? await library.open(path) : null;
  if (!handle) return null;
  try {
    if ((await library.error(handle)) !== null) return null;
    const pairs: { name: string; value: string }[] = [];
    const found: FoundField[] = [];
    for (const name of await library.propertyNames(handle)) {
      const value = (await library.property(handle, name)) ?? '';
      if (name === 'openslide.comment' || name === 'tiff.ImageDescription')
        found.push(...describedFields(value));
      else if (!name.startsWith('openslide.'))
        pairs.push({ name: name.slice(name.lastIndexOf('.') + 1), value });
    }
    return [...found, ...fieldsOfPairs(pairs)];
  } finally {
    await library.close(handle);
  }
}
