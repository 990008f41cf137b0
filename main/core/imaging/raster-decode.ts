import type { Metadata, Sharp } from 'sharp';

import { PIXELS_IN_MEMORY, type Picture } from './picture.ts';
import { cmykToRgb, deepGreyToRgb } from './raster-tone.ts';

/** A picture that takes longer was made to. */
const SECONDS_TO_DECODE = 60;

/** Grey of more than 8 bits without transparency: a measurement rather than a picture, so its range varies. */
export function isDeepGrey({ space, depth, hasAlpha, channels }: Metadata): boolean {
  return depth !== 'uchar' && !hasAlpha && channels === 1 && (space === 'grey16' || space === 'b-w');
}

/**
 * Decodes one page: upright, sRGB, over white, 8 bits; shrunk on the way where it would not fit in memory.
 *
 * @param page - the header of that page.
 */
export async function decode(image: Sharp, page: Metadata, notes: readonly string[]): Promise<Picture> {
  let pipeline = image.timeout({ seconds: SECONDS_TO_DECODE }).autoOrient();
  const { width, height } = page.autoOrient;
  const shrink = Math.sqrt((width * height) / PIXELS_IN_MEMORY);
  if (shrink > 1)
    pipeline = pipeline.resize(Math.floor(width / shrink), Math.floor(height / shrink), { fit: 'fill' });

  if (page.space === 'cmyk' && !page.hasProfile) {
    const raw = pipeline.pipelineColourspace('cmyk').toColourspace('cmyk').raw();
    const { data, info } = await raw.toBuffer({ resolveWithObject: true });
    return {
      width: info.width,
      height: info.height,
      data: cmykToRgb(data, info.channels),
      window: null,
      notes,
    };
  }
  if (isDeepGrey(page)) {
    const asIs = page.depth === 'ushort';
    const raw = asIs
      ? pipeline.toColourspace('grey16').raw({ depth: 'ushort' })
      : pipeline.raw({ depth: 'float' });
    const { data, info } = await raw.toBuffer({ resolveWithObject: true });
    const aligned = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
    const samples = asIs ? new Uint16Array(aligned) : new Float32Array(aligned);
    const { rgb, window } = deepGreyToRgb(samples, info.channels);
    return { width: info.width, height: info.height, data: rgb, window, notes };
  }
  const raw = pipeline.flatten({ background: '#ffffff' }).toColourspace('srgb').raw();
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data, window: null, notes };
}
