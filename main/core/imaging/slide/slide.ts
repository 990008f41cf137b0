import type { Attribute, Identifiers } from '../dicom/attributes.ts';

/** One resolution of a slide. */
export interface SlideLevel {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** How many pixels of level 0 one pixel stands for: mean of both axes, as OpenSlide has it; 1 for level 0. */
  readonly downsample: number;
  /** Size of the tiles that the file itself holds, pixels. */
  readonly tileWidth: number;
  readonly tileHeight: number;
}

/** A rectangle in pixels of its own level; it may reach beyond the slide, where there is white. */
export interface RegionWish {
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Row-major RGB over white, `width * height * 3` bytes. */
export interface SlidePixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A tile as a browser reads it, not decoded and encoded again. */
export interface EncodedTile {
  readonly bytes: Uint8Array;
  readonly mime: 'image/jpeg';
}

/** What every reader offers. Pixels are read when asked for; a slide is larger than memory. */
export interface Slide {
  /** aperio, generic-tiff, ome-tiff, dicom, or what libopenslide calls it. */
  readonly vendor: string;
  readonly width: number;
  readonly height: number;
  /** Largest first; at least one. */
  readonly levels: readonly SlideLevel[];
  /** µm per pixel of level 0 as the file states it; null where it does not: it is never guessed. */
  readonly mppX: number | null;
  readonly mppY: number | null;
  readonly objectivePower: number | null;
  /** Names of the label, macro and thumbnail pictures. Their pixels are not read: labels carry names. */
  readonly associated: readonly string[];
  /** Allow-listed facts. */
  readonly attributes: readonly Attribute[];
  /** Raw; to be hashed before anything is stored. */
  readonly identifiers: Identifiers;
  readonly notes: readonly string[];
  /**
   * @param into - memory for the pixels, exactly as long as they need; a reader may use it or not.
   * @throws ArchiveError `request.invalid` for a rectangle without area or above 64 Mpx, `slide.unreadable`.
   */
  readRegion(wish: RegionWish, into?: Uint8Array): Promise<SlidePixels>;
  /** The stored tile where it is a JPEG that covers its place whole; null where it has to be made. */
  rawTile(level: number, column: number, row: number): Promise<EncodedTile | null>;
  close(): Promise<void>;
}

/** Most pixels that one call gives (192 MiB of RGB). */
export const MOST_REGION_PIXELS = 64 * 1024 * 1024;

/** Most pixels of one stored tile or strip; it is decoded whole. */
export const MOST_TILE_PIXELS = 32 * 1024 * 1024;

/** Mean of both ratios to level 0, as OpenSlide defines the downsample of a level. */
export function downsampleOf(
  base: { readonly width: number; readonly height: number },
  level: { readonly width: number; readonly height: number },
): number {
  return (base.width / level.width + base.height / level.height) / 2;
}

/** The level to read for one pixel per `downsample` pixels of level 0: the coarsest that is not coarser. */
export function levelFor(levels: readonly SlideLevel[], downsample: number): number {
  let best = 0;
  levels.forEach((level, index) => {
    // Two per cent of slack: 4.016 serves a wish for 4.
    if (level.downsample <= downsample * 1.02 && level.downsample >= (levels[best]?.downsample ?? 1))
      best = index;
  });
  return best;
}
