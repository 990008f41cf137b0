import type { GeoTIFFImage } from 'geotiff';

import { ArchiveError } from '../../../preload/contract/faults.ts';
import { PIXELS_IN_MEMORY, type Picture } from './picture.ts';
import { deepGreyToRgb } from './raster-tone.ts';
import type { RasterInfo, RasterPictures } from './raster.ts';

const UNSIGNED = 1;
const SIGNED = 2;

/**
 * Opens a TIFF of grey samples that libvips does not read as they are: signed 16 bits (Hounsfield units exported to
 * TIFF, say), of which it cuts off all below zero, and 9 to 15 bits, which it refuses.
 *
 * @returns null for any other TIFF.
 * @throws ArchiveError `image.too-large`, `image.unreadable`, `file.unsupported` for one that is to be turned.
 */
export async function openOddTiff(bytes: Buffer, pixelCap: number): Promise<RasterPictures | null> {
  // Few files need it, and every thread that decodes would load it.
  const { fromArrayBuffer } = await import('geotiff');
  const tiff = await fromArrayBuffer(new Uint8Array(bytes).buffer).catch(refuse);
  const frames = await tiff.getImageCount().catch(refuse);
  const first = await tiff.getImage(0).catch(refuse);
  if (!isOdd(first)) return null;
  if (Number((await first.fileDirectory.loadValue('Orientation').catch(refuse)) ?? 1) !== 1)
    throw new ArchiveError('file.unsupported', { what: 'turned TIFF of signed or unusual depth' });
  checkSize(first, pixelCap);
  const notes = ['deep grey shown from percentile 0.5 to 99.5'];
  const info: RasterInfo = {
    format: 'tiff',
    width: first.getWidth(),
    height: first.getHeight(),
    frames,
    orientation: 1,
    colorSpace: 'grey16',
    bitDepth: first.getBitsPerSample(),
    iccProfile: false,
    notes,
  };

  async function picture(frame = 0): Promise<Picture> {
    if (!Number.isInteger(frame) || frame < 0 || frame >= frames)
      throw new ArchiveError('image.frame-missing', { frame, frames });
    const image = await tiff.getImage(frame).catch(refuse);
    if (!isOdd(image)) throw new ArchiveError('image.unreadable');
    checkSize(image, pixelCap);
    const width = image.getWidth();
    const height = image.getHeight();
    const samples = Float32Array.from(await image.readRasters({ interleave: true }).catch(refuse));
    if (samples.length !== width * height) throw new ArchiveError('image.truncated');
    const { rgb, window } = deepGreyToRgb(samples, 1);
    return { width, height, data: rgb, window, notes };
  }

  return { info, picture };
}

function isOdd(image: GeoTIFFImage): boolean {
  const bits = image.getBitsPerSample();
  const format = image.getSampleFormat();
  const odd = (format === SIGNED && bits === 16) || (format === UNSIGNED && bits > 8 && bits < 16);
  return odd && image.getSamplesPerPixel() === 1;
}

function checkSize(image: GeoTIFFImage, pixelCap: number): void {
  const width = image.getWidth();
  const height = image.getHeight();
  if (width * height > Math.min(pixelCap, PIXELS_IN_MEMORY))
    throw new ArchiveError('image.too-large', { width, height });
}

function refuse(error: unknown): never {
  throw new ArchiveError('image.unreadable', {}, { cause: error });
}
