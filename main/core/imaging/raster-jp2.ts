import { ArchiveError } from '../../../preload/contract/faults.ts';
import { isCompleteJ2k, readCodestream } from './codecs/codestream.ts';
import { decodeWasm } from './codecs/wasm-codecs.ts';
import { readWhole } from './file-bytes.ts';
import { PIXELS_IN_MEMORY, type Picture } from './picture.ts';
import { deepGreyToRgb, greyToRgb } from './raster-tone.ts';
import type { RasterInfo, RasterPictures } from './raster.ts';

/** The codec's own memory holds the file and all samples. */
const LARGEST_FILE = 256 * 1024 * 1024;

/**
 * Opens a JPEG 2000 picture, which sharp does not read. Grey and three components; colour deeper than 8 bits loses its
 * low bits, deep grey is shown between percentiles as elsewhere. Embedded colour profiles are not applied, and say so.
 *
 * @throws ArchiveError `image.too-large`, `image.truncated`, `image.unreadable`, `file.*`.
 */
export async function openJp2(path: string, pixelCap: number): Promise<RasterPictures> {
  const bytes = await readWhole(path, LARGEST_FILE);
  if (!bytes) throw new ArchiveError('image.too-large');
  const codestream = readCodestream(bytes);
  if (!codestream) throw new ArchiveError('image.unreadable');
  const { width, height, components, codec, bitDepth } = codestream;
  if (width * height > Math.min(pixelCap, PIXELS_IN_MEMORY))
    throw new ArchiveError('image.too-large', { width, height, pixelCap });
  if ((components !== 1 && components !== 3) || (codec !== 'jpeg-2000' && codec !== 'htj2k'))
    throw new ArchiveError('image.unreadable', { components });
  if (!isCompleteJ2k(bytes)) throw new ArchiveError('image.truncated');
  const notes = [
    'JPEG 2000: an embedded colour profile is not applied',
    ...(bitDepth > 8 && components === 1 ? ['deep grey shown from percentile 0.5 to 99.5'] : []),
    ...(bitDepth > 8 && components === 3 ? ['deep colour scaled linearly to 8 bits'] : []),
  ];
  const colorSpace = components === 1 ? 'b-w' : 'srgb';
  const info: RasterInfo = {
    format: 'jp2', width, height, frames: 1, orientation: 1, colorSpace, bitDepth, iccProfile: false, notes,
  }; // prettier-ignore

  async function picture(frame = 0): Promise<Picture> {
    if (frame !== 0) throw new ArchiveError('image.frame-missing', { frame, frames: 1 });
    const decoded = await decodeWasm(codec === 'htj2k' ? 'htj2k' : 'jpeg-2000', bytes ?? Buffer.alloc(0));
    const { bitsPerSample, componentCount, isSigned } = decoded.info;
    const deep = bitsPerSample > 8;
    const samples = deep ? new Uint16Array(decoded.bytes.buffer) : decoded.bytes;
    if (isSigned || componentCount !== components || samples.length < width * height * components)
      throw new ArchiveError('image.unreadable');
    if (components === 1 && samples instanceof Uint16Array) {
      const { rgb, window } = deepGreyToRgb(samples, 1);
      return { width, height, data: rgb, window, notes };
    }
    const bytes8 = Uint8Array.from(samples, (value) => (deep ? value >> (bitsPerSample - 8) : value));
    return { width, height, data: components === 1 ? greyToRgb(bytes8) : bytes8, window: null, notes };
  }

  return { info, picture };
}
