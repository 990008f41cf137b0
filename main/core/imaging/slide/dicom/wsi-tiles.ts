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

/** One level: the tiles of an instance. */
export function wsiTiles(file: FileBytes, instance: WsiInstance, window: SampleWindow): TileGrid {
  const { image, header } = instance;
  const bytesOf = frameBytes(file, instance);

  async function tile(column: number, row: number): Promise<Uint8Array | null> {
    const frame = instance.frameAt(column, row);
    if (frame === null) return null;
    const bytes = await bytesOf(frame);
    const isPlainJpeg = image.bitsAllocated === 8 && header.syntax.codec === 'jpeg';
    if (isPlainJpeg && readCodestream(bytes)?.codec === 'jpeg') {
      const least = { width: image.columns, height: image.rows };
      const samples = await decodeJpegTile(spoken(bytes, instance), least);
      if (samples.channels === 1)
        return paint(samples, { is: 'grey', inverted: isInverted(instance), window });
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

  return {
    width: instance.width,
    height: instance.height,
    tileWidth: image.columns,
    tileHeight: image.rows,
    tile,
    async encoded(column, row) {
      const frame = instance.frameAt(column, row);
      if (frame === null || header.syntax.codec !== 'jpeg' || image.bitsAllocated !== 8) return null;
      if (image.samples !== 3) return null;
      const bytes = await bytesOf(frame);
      const stream = readCodestream(bytes);
      if (stream?.codec !== 'jpeg' || stream.bitDepth !== 8) return null;
      return { bytes: spoken(bytes, instance), mime: 'image/jpeg' };
    },
  };
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
