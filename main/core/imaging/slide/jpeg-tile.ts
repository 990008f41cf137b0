import sharp from 'sharp';

import { decodeJpeg } from '../codecs/jpeg/decode-jpeg.ts';
import { readCodestream } from '../codecs/codestream.ts';
import { MOST_TILE_PIXELS } from './slide.ts';
import { unreadable } from './slide-fault.ts';
import type { Samples } from './samples.ts';

/** What the three components of a JPEG are. */
export type JpegColour = 'rgb' | 'ycbcr';

const APP0 = 0xe0;
const APP14 = 0xee;
const START_OF_IMAGE = Buffer.of(0xff, 0xd8);

/** Adobe's marker with its transform (0: none, 1: YCbCr), which every decoder obeys. */
const adobe = (transform: 0 | 1) =>
  Buffer.from([0xff, APP14, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform]);

/**
 * A JPEG stream that stands alone: the shared tables in front of the tile's own (TIFF technical note 2), and the colour
 * model said aloud. Where the container's word counts (TIFF), the stream's own APP0 and APP14 are left out.
 *
 * @param tables - JPEGTables; empty where there are none.
 * @param colour - null: as the stream says.
 */
export function joinJpeg(tile: Buffer, tables: Buffer, colour: JpegColour | null): Buffer {
  if (tile.length < 4 || tile[0] !== 0xff || tile[1] !== 0xd8) throw unreadable('a tile is no JPEG');
  const shared = tables.length > 4 ? tables.subarray(2, endOfTables(tables)) : Buffer.alloc(0);
  const marker = colour === null ? Buffer.alloc(0) : adobe(colour === 'rgb' ? 0 : 1);
  const parts = [START_OF_IMAGE, marker, colour === null ? shared : withoutColourMarkers(shared)];
  return Buffer.concat([
    ...parts,
    colour === null ? tile.subarray(2) : withoutColourMarkers(tile.subarray(2)),
  ]);
}

function endOfTables(tables: Buffer): number {
  const marked = tables.at(-2) === 0xff && tables.at(-1) === 0xd9;
  return marked ? tables.length - 2 : tables.length;
}

/** Segments up to the first frame or scan, APP0 and APP14 left out. */
function withoutColourMarkers(segments: Buffer): Buffer {
  const kept: Buffer[] = [];
  let at = 0;
  while (at + 4 <= segments.length && segments[at] === 0xff) {
    const marker = segments[at + 1] ?? 0;
    // SOFn and SOS end the part in which the colour markers stand.
    if (marker === 0xda || (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4)) break;
    const length = 2 + segments.readUInt16BE(at + 2);
    if (marker !== APP0 && marker !== APP14) kept.push(segments.subarray(at, at + length));
    at += length;
  }
  return kept.length === 0 && at === 0
    ? segments
    : Buffer.concat([...kept, segments.subarray(Math.min(at, segments.length))]);
}

/**
 * Decodes a JPEG that stands alone with libjpeg-turbo, off the JS thread; what that does not read (two or four
 * components, 12 bits, lossless) with our own decoder.
 *
 * @param least - the size that the tile must have at least.
 * @throws ArchiveError `slide.unreadable`, and the decoder's own.
 */
export async function decodeJpegTile(
  bytes: Buffer,
  least: { readonly width: number; readonly height: number },
): Promise<Samples> {
  const stream = readCodestream(bytes);
  if (stream?.codec !== 'jpeg') throw unreadable('a tile is no JPEG');
  const { width, height, components, bitDepth } = stream;
  if (width * height > MOST_TILE_PIXELS || width < least.width || height < least.height)
    throw unreadable('a tile has another size than the header says');
  if (bitDepth === 8 && (components === 1 || components === 3)) {
    // Truncation is an error, not a grey half.
    const { data, info } = await sharp(bytes, {
      failOn: 'error',
      limitInputPixels: MOST_TILE_PIXELS,
      ignoreIcc: true,
    })
      .raw()
      .toBuffer({ resolveWithObject: true })
      .catch((error: unknown) => {
        throw unreadable('a tile could not be decoded', error);
      });
    return { width: info.width, height: info.height, channels: info.channels, data };
  }
  const jpeg = decodeJpeg(bytes, (frame) => {
    if (frame.width * frame.height > MOST_TILE_PIXELS) throw unreadable('a tile is too large');
  });
  const data = jpeg.precision === 8 ? Uint8Array.from(jpeg.values) : jpeg.values;
  return { width, height, channels: jpeg.components, data };
}
