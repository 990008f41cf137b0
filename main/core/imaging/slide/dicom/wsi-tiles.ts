import { percentileRange } from '../../../domain/percentiles.ts';
import { readCodestream } from '../../codecs/codestream.ts';
import { decodeFrame } from '../../dicom/decode-frame.ts';
import { statedColour, toRgb } from '../../dicom/colour.ts';
import { unpackNative, type StoredValues } from '../../dicom/native-pixels.ts';
import type { FileBytes } from '../../file-bytes.ts';
import { decodeJpegTile, joinJpeg } from '../jpeg-tile.ts';
import { FULL_8_BITS, paint, type SampleWindow } from '../samples.ts';
import { unreadable } from '../slide-fault.ts';
import type { TileGrid } from '../tiled-slide.ts';
import { frameBytes } from './frame-bytes.ts';
import type { WsiInstance } from './wsi-instance.ts';

const SAMPLES_LOOKED_AT = 65_536;
const FRAMES_LOOKED_AT = 8;
const APP0 = 0xe0;
const APP14 = 0xee;

/** An instance and the file that it is in. */
export interface WsiPart {
  readonly file: FileBytes;
  readonly instance: WsiInstance;
}

/** One level: the tiles of an instance, or of all instances of a concatenation. */
export function wsiTiles(parts: readonly [WsiPart, ...WsiPart[]], window: SampleWindow): TileGrid {
  const [{ instance: first }] = parts;
  const { columns: tileWidth, rows: tileHeight } = first.image;
  const readers = parts.map(({ file, instance }) => ({ instance, bytesOf: frameBytes(file, instance) }));
  const placed = (column: number, row: number) =>
    readers.flatMap((reader) =>
      reader.instance.framesAt(column, row).map((place) => ({ ...reader, ...place })),
    );

  async function tile(column: number, row: number): Promise<Uint8Array | null> {
    const frames = placed(column, row);
    const top = frames[0];
    if (!top) return null;
    if (top.x === 0 && top.y === 0) return await pixelsOf(await top.bytesOf(top.frame), top.instance, window);
    const whole = new Uint8Array(tileWidth * tileHeight * 3).fill(255);
    // The uppermost last.
    for (const { bytesOf, frame, instance, x, y } of frames.toReversed())
      paste(await pixelsOf(await bytesOf(frame), instance, window), x, y, whole, tileWidth, tileHeight);
    return whole;
  }

  return {
    width: first.width,
    height: first.height,
    tileWidth,
    tileHeight,
    tile,
    async encoded(column, row) {
      const top = placed(column, row)[0];
      if (!top || top.x !== 0 || top.y !== 0) return null;
      const { image, header } = top.instance;
      if (header.syntax.codec !== 'jpeg' || image.bitsAllocated !== 8 || image.samples !== 3) return null;
      const bytes = await top.bytesOf(top.frame);
      const stream = readCodestream(bytes);
      if (stream?.codec !== 'jpeg' || stream.bitDepth !== 8) return null;
      return { bytes: spoken(bytes, top.instance), mime: 'image/jpeg' };
    },
  };
}

/** A frame as RGB over white. */
async function pixelsOf(bytes: Buffer, instance: WsiInstance, window: SampleWindow): Promise<Uint8Array> {
  const { image, header } = instance;
  const isPlainJpeg = image.bitsAllocated === 8 && header.syntax.codec === 'jpeg';
  if (isPlainJpeg && readCodestream(bytes)?.codec === 'jpeg') {
    const least = { width: image.columns, height: image.rows };
    const samples = await decodeJpegTile(spoken(bytes, instance), least);
    if (samples.channels === 1) return paint(samples, { is: 'grey', inverted: isInverted(instance), window });
    if (samples.channels === 3) return paint(samples, { is: 'rgb', alpha: 'none', window: FULL_8_BITS });
  }
  const { values, colour } = await storedValues(bytes, instance);
  if (image.samples === 3) return toRgb(values, image, colour);
  if (image.photometric === 'PALETTE COLOR') throw unreadable('a palette in a DICOM slide');
  return paint(
    { width: image.columns, height: image.rows, channels: 1, data: sixteenBits(values) },
    { is: 'grey', inverted: isInverted(instance), window },
  );
}

/** Copies the part of a frame that lies in the tile; both are of the same size. */
function paste(
  from: Uint8Array,
  x: number,
  y: number,
  into: Uint8Array,
  width: number,
  height: number,
): void {
  const left = Math.max(0, x);
  const right = Math.min(width, width + x);
  for (let line = Math.max(0, y); line < Math.min(height, height + y); line++) {
    const start = ((line - y) * width + left - x) * 3;
    into.set(from.subarray(start, start + (right - left) * 3), (line * width + left) * 3);
  }
}

/** The window of a level's values: all 8 bits, or of deep grey its 0.5th to 99.5th percentile. */
export async function wsiWindow(file: FileBytes, instance: WsiInstance): Promise<SampleWindow> {
  const { image } = instance;
  if (image.samples !== 1 || image.bitsStored <= 8) return FULL_8_BITS;
  const bytesOf = frameBytes(file, instance);
  const step = Math.max(1, Math.ceil(image.frames / FRAMES_LOOKED_AT));
  const seen: number[] = [];
  for (let frame = 0; frame < image.frames; frame += step) {
    const { values } = await storedValues(await bytesOf(frame), instance);
    const every = Math.max(1, Math.floor(values.length / SAMPLES_LOOKED_AT));
    for (let at = 0; at < values.length; at += every) seen.push(values[at] ?? 0);
  }
  return percentileRange(Float64Array.from(seen), 0.5, 99.5) ?? { low: 0, high: 2 ** image.bitsStored - 1 };
}

async function storedValues(bytes: Buffer, { image, header, pixels }: WsiInstance) {
  const { syntax } = header;
  if (pixels.length === null) return await decodeFrame(bytes, image, syntax);
  // 8-bit samples packed in big-endian words.
  const inWords = syntax.bigEndian && pixels.vr === 'OW' && image.bitsAllocated === 8;
  const inOrder = inWords && bytes.length % 2 === 0 ? Buffer.from(bytes).swap16() : bytes;
  const values = unpackNative(inOrder, image, 0, syntax.bigEndian);
  return { values, colour: statedColour(image.photometric) };
}

/** The stream's own markers decide the colour; where it has none, the header does. */
function spoken(bytes: Buffer, { image }: WsiInstance): Buffer {
  if (image.samples !== 3) return joinJpeg(bytes, Buffer.alloc(0), null);
  const says = bytes[2] === 0xff && (bytes[3] === APP0 || bytes[3] === APP14);
  return joinJpeg(
    bytes,
    Buffer.alloc(0),
    says ? null : statedColour(image.photometric) === 'rgb' ? 'rgb' : 'ycbcr',
  );
}

const isInverted = ({ image }: WsiInstance) => image.photometric === 'MONOCHROME1';

function sixteenBits(values: StoredValues): Uint8Array | Uint16Array {
  return values instanceof Uint8Array || values instanceof Uint16Array ? values : Uint16Array.from(values);
}
