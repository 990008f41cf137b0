import { stat } from 'node:fs/promises';
import sharp, { type Metadata } from 'sharp';

import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { IdentityEvidence } from '../domain/identity.ts';
import { DEFAULT_PIXEL_CAP, PIXELS_IN_MEMORY, type Picture } from './picture.ts';
import { openJp2 } from './raster-jp2.ts';
import { decode, isDeepGrey } from './raster-decode.ts';
import { openOddTiff } from './raster-odd-tiff.ts';
import { readWhole } from './file-bytes.ts';
import { rasterEvidence } from './raster-identity.ts';
import type { RasterFormat } from './sniff.ts';

// Decoded originals are never asked for twice; the cache would only hold memory. Both are process-wide.
sharp.cache(false);
sharp.concurrency(1);

/** What the header says about a picture. */
export interface RasterInfo {
  readonly format: RasterFormat;
  /** Pixels of the first page, upright. */
  readonly width: number;
  readonly height: number;
  /** Pages of a TIFF; 1 for all else. */
  readonly frames: number;
  /** EXIF orientation, 1 to 8, as found in the file. */
  readonly orientation: number;
  /** As libvips names it: srgb, b-w, cmyk, rgb16, grey16, … */
  readonly colorSpace: string;
  /** Bits per sample as stored. */
  readonly bitDepth: number;
  readonly iccProfile: boolean;
  readonly notes: readonly string[];
}

/** What a decoder of pictures offers. */
export interface RasterPictures {
  readonly info: RasterInfo;
  /** @throws ArchiveError `image.frame-missing`, `image.truncated`, `image.unreadable`, `image.too-large`. */
  picture(frame?: number): Promise<Picture>;
}

export interface Raster extends RasterPictures {
  /** What its metadata says about persons and places; raw values, for the judge alone. */
  readonly evidence: IdentityEvidence;
}

/** Files up to this size are read once and decoded from memory; larger ones are left to libvips. */
const BYTES_IN_MEMORY = 64 * 1024 * 1024;

/** A JPEG can be decoded at an eighth of its size without being decoded whole. */
const JPEG_SHRINK = 8 * 8;

/** Formats that are decoded whole may have this part of the pixel cap: 64 Mpx, 256 MiB with transparency. */
const WHOLE_SHARE = 8;

/**
 * Longest side, pixels. A picture is streamed in bands of its full width, so that one of few rows and millions of
 * columns would take gigabytes.
 */
const MOST_SIDE = 65_535;

/** Deflate makes at most this many bytes of one (RFC 1951: 258 bytes of two bits). */
const DEFLATE_RATIO = 1032;

const bitsOfDepth: Readonly<Record<string, number>> = {
  uchar: 8, char: 8, ushort: 16, short: 16, uint: 32, int: 32, float: 32, double: 64, complex: 64, dpcomplex: 128,
}; // prettier-ignore

/**
 * Opens a picture. The file is only ever read.
 *
 * @param pixelCap - most pixels of a page; a sequential JPEG may have 64 times as many and is shrunk while it
 *   loads; formats that cannot be streamed may have a quarter.
 * @throws ArchiveError `image.unreadable`, `image.truncated`, `image.too-large`, `file.missing`, `file.unreadable`.
 */
export async function openRaster(
  path: string,
  format: RasterFormat,
  pixelCap = DEFAULT_PIXEL_CAP,
): Promise<Raster> {
  if (format === 'jp2')
    return { ...(await openJp2(path, pixelCap)), evidence: await rasterEvidence(path, format) };
  // Libvips takes a bracket at the end of a name for options of its own; from memory it sees no name.
  const source = await readWhole(path, path.endsWith(']') ? Infinity : BYTES_IN_MEMORY);
  const open = (page: number) =>
    sharp(source ?? path, { failOn: 'error', limitInputPixels: false, page, sequentialRead: true });

  const known = await open(0)
    .metadata()
    .catch((error: unknown) => ({ failure: error }));
  if (source && format === 'tiff' && ('failure' in known || known.depth === 'short')) {
    const odd = await openOddTiff(source, pixelCap).catch((error: unknown) => {
      // Of a TIFF that neither library opens, the first one's reason is the better one.
      if ('failure' in known) return null;
      throw error;
    });
    if (odd) return { ...odd, evidence: await rasterEvidence(path, format) };
  }
  const header = 'failure' in known ? refuse(known.failure) : known;
  checkSize(header, format, pixelCap);
  if (format === 'png') checkPngBytes(header, source?.length ?? (await stat(path)).size);
  const info = infoOf(header, format);

  async function picture(frame = 0): Promise<Picture> {
    if (!Number.isInteger(frame) || frame < 0 || frame >= info.frames)
      throw new ArchiveError('image.frame-missing', { frame, frames: info.frames });
    const page = frame === 0 ? header : await open(frame).metadata().catch(refuse);
    checkSize(page, format, pixelCap);
    return await decode(open(frame), page, notesOf(page, format)).catch(refuse);
  }

  return { info, evidence: await rasterEvidence(path, format, header), picture };
}

/**
 * A sequential JPEG can be decoded at an eighth of its size, and sequential PNG and TIFF row by row; the others
 * are held whole by their decoders (a progressive JPEG as coefficients), so less of them is let in.
 */
function checkSize({ width, height, isProgressive }: Metadata, format: RasterFormat, pixelCap: number): void {
  const streamed = !isProgressive && (format === 'jpeg' || format === 'png' || format === 'tiff');
  const cap = streamed ? (format === 'jpeg' ? pixelCap * JPEG_SHRINK : pixelCap) : pixelCap / WHOLE_SHARE;
  if (Math.max(width, height) > MOST_SIDE) throw new ArchiveError('image.too-large', { width, height });
  if (width * height > cap) throw new ArchiveError('image.too-large', { width, height, pixelCap: cap });
}

/** A PNG that says it is larger than its bytes could become, at one bit a pixel, is refused before memory is taken. */
function checkPngBytes({ width, height }: Metadata, fileBytes: number): void {
  if ((width * height) / 8 > fileBytes * DEFLATE_RATIO) throw new ArchiveError('image.truncated');
}

function infoOf(header: Metadata, format: RasterFormat): RasterInfo {
  const { autoOrient, orientation, space, depth, bitsPerSample, hasProfile, pages } = header;
  return {
    format,
    width: autoOrient.width,
    height: autoOrient.height,
    frames: format === 'tiff' ? (pages ?? 1) : 1,
    orientation: orientation ?? 1,
    colorSpace: space,
    bitDepth: bitsPerSample ?? bitsOfDepth[depth] ?? 8,
    iccProfile: hasProfile,
    notes: notesOf(header, format),
  };
}

function notesOf(page: Metadata, format: RasterFormat): string[] {
  const notes: string[] = [];
  const { width, height, pages = 1 } = page;
  if (page.orientation && page.orientation > 1)
    notes.push(`turned upright (EXIF orientation ${page.orientation})`);
  if (format !== 'tiff' && pages > 1) notes.push(`first of ${pages} frames of an animation`);
  if (page.hasProfile) notes.push('converted to sRGB from the embedded ICC profile');
  if (page.space === 'cmyk' && !page.hasProfile)
    notes.push('CMYK without a profile converted arithmetically');
  if (page.hasAlpha) notes.push('transparent parts shown over white');
  if (isDeepGrey(page)) notes.push('deep grey shown from percentile 0.5 to 99.5');
  else if (page.depth !== 'uchar') notes.push('deep colour scaled linearly to 8 bits');
  if (width * height > PIXELS_IN_MEMORY) notes.push('shrunk while loading');
  return notes;
}

/** Libvips' messages as faults. They name no one: only formats, sizes and library calls. */
function refuse(error: unknown): never {
  if (error instanceof ArchiveError) throw error;
  const message = error instanceof Error ? error.message : String(error);
  const code = /pixel limit|too large|exceeds/i.test(message)
    ? 'image.too-large'
    : /premature|truncated|unexpected end|read error|end of (file|data)|not enough data|read gave/i.test(
          message,
        )
      ? 'image.truncated'
      : 'image.unreadable';
  throw new ArchiveError(code, {}, { cause: error });
}
