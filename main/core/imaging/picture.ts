import type { WindowLevel } from '../domain/window-level.ts';

/** The window a picture was made with, as it is stored and shown. */
export interface AppliedWindow extends WindowLevel {
  /** Preset or origin: 'lung', 'soft-tissue', 'file', 'percentile-1-99', … */
  readonly name: string;
}

/** Pixels as people and models see them: upright, sRGB, over white, 8 bits, three channels. */
export interface Picture {
  /** Pixels, at least 1. */
  readonly width: number;
  readonly height: number;
  /** Row-major RGB, `width * height * 3` bytes. */
  readonly data: Uint8Array;
  /** Null where the file's own 8-bit values are shown as they are. */
  readonly window: AppliedWindow | null;
  /** What was done on the way that a reader could not guess, in plain words. */
  readonly notes: readonly string[];
}

/** Most pixels that a frame may have; above it the file is refused. */
export const DEFAULT_PIXEL_CAP = 512 * 1024 * 1024;

/** Most pixels a decoded picture holds in memory (192 MiB of RGB); larger ones are shrunk while they load. */
export const PIXELS_IN_MEMORY = 64 * 1024 * 1024;
