import { hasComponentTransform, isCompleteJ2k, readCodestream } from '../codecs/codestream.ts';
import { decodeWasm } from '../codecs/wasm-codecs.ts';
import { MOST_TILE_PIXELS } from './slide.ts';
import { unreadable } from './slide-fault.ts';
import type { Samples } from './samples.ts';

/**
 * Decodes a JPEG 2000 tile, converting YCbCr components to RGB where the container says that they are.
 *
 * @throws ArchiveError `slide.unreadable`, `image.unreadable`.
 */
export async function decodeJp2kTile(
  bytes: Buffer,
  ycc: boolean,
  least: { readonly width: number; readonly height: number },
): Promise<Samples> {
  const stream = readCodestream(bytes);
  if (stream?.codec !== 'jpeg-2000' && stream?.codec !== 'htj2k') throw unreadable('a tile is no JPEG 2000');
  const { width, height } = stream;
  if (width * height > MOST_TILE_PIXELS || width < least.width || height < least.height)
    throw unreadable('a tile has another size than the header says');
  if (!isCompleteJ2k(bytes)) throw unreadable('ends early');
  const decoded = await decodeWasm(stream.codec, bytes);
  const { bitsPerSample, componentCount } = decoded.info;
  const wide = bitsPerSample > 8;
  const data = wide ? new Uint16Array(decoded.bytes.buffer) : decoded.bytes;
  if (data.length < width * height * componentCount) throw unreadable('ends early');
  // Subsampled colour is brought to full size by the codec, which makes RGB of it on the way.
  const isYcc = ycc && !hasComponentTransform(bytes) && !isSubsampled(bytes);
  if (isYcc && componentCount === 3 && !wide) yccToRgb(decoded.bytes);
  return { width, height, channels: componentCount, data };
}

/** ITU-R BT.601 over the full range, in place. */
function yccToRgb(data: Uint8Array): void {
  for (let at = 0; at + 2 < data.length; at += 3) {
    const y = data[at] ?? 0;
    const blue = (data[at + 1] ?? 0) - 128;
    const red = (data[at + 2] ?? 0) - 128;
    data[at] = clamp(y + 1.402 * red);
    data[at + 1] = clamp(y - 0.344136 * blue - 0.714136 * red);
    data[at + 2] = clamp(y + 1.772 * blue);
  }
}

const clamp = (value: number) => Math.min(Math.max(Math.round(value), 0), 255);

/** XRsiz or YRsiz above 1 for some component (ITU-T T.800 A.5.1). */
function isSubsampled(bytes: Buffer): boolean {
  const start = bytes.indexOf(Buffer.from([0xff, 0x4f, 0xff, 0x51]));
  const components = start < 0 ? 0 : bytes.readUInt16BE(start + 40);
  for (let index = 0; index < components; index++) {
    const at = start + 42 + index * 3;
    if ((bytes[at + 1] ?? 1) > 1 || (bytes[at + 2] ?? 1) > 1) return true;
  }
  return false;
}
