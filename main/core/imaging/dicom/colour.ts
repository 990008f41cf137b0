import type { ImageDescription } from './image-description.ts';
import type { StoredValues } from './native-pixels.ts';

/** What the three samples of a decoded pixel are. */
export type ColourModel = 'rgb' | 'ybr-full' | 'ybr-partial';

/** The colour model that a photometric interpretation states for samples as they are stored. */
export function statedColour(photometric: string): ColourModel {
  if (photometric.startsWith('YBR_PARTIAL')) return 'ybr-partial';
  return photometric.startsWith('YBR_FULL') ? 'ybr-full' : 'rgb';
}

/**
 * Three-sample pixels as 8-bit RGB. Deeper samples lose their low bits.
 *
 * YBR_FULL is PS3.3 C.7.6.3.1.2 (ITU-R BT.601 over the full range), YBR_PARTIAL the same over 16 to 235.
 */
export function toRgb(values: StoredValues, image: ImageDescription, model: ColourModel): Uint8Array {
  const shift = Math.max(0, image.bitsStored - 8);
  const scale = shift > 0 ? 1 / 2 ** shift : 1;
  const rgb = new Uint8Array(values.length);
  if (model === 'rgb') {
    for (let index = 0; index < values.length; index++) rgb[index] = Math.floor((values[index] ?? 0) * scale);
    return rgb;
  }
  const partial = model === 'ybr-partial';
  const luma = partial ? 255 / 219 : 1;
  const chroma = partial ? 255 / 224 : 1;
  const black = partial ? 16 : 0;
  for (let at = 0; at + 2 < values.length; at += 3) {
    const y = ((values[at] ?? 0) * scale - black) * luma;
    const blue = ((values[at + 1] ?? 0) * scale - 128) * chroma;
    const red = ((values[at + 2] ?? 0) * scale - 128) * chroma;
    rgb[at] = clamp(y + 1.402 * red);
    rgb[at + 1] = clamp(y - 0.344136 * blue - 0.714136 * red);
    rgb[at + 2] = clamp(y + 1.772 * blue);
  }
  return rgb;
}

const clamp = (value: number) => Math.min(Math.max(Math.round(value), 0), 255);
