import { percentileRange } from '../domain/percentiles.ts';
import { greyFunction, toGrey } from '../domain/window-level.ts';
import type { AppliedWindow } from './picture.ts';

/** CMYK over all inks without a profile: each primary is what neither its ink nor black takes away. */
export function cmykToRgb(cmyk: Uint8Array, channels: number): Uint8Array {
  const pixels = Math.floor(cmyk.length / channels);
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * channels;
    const light = 255 - (cmyk[from + 3] ?? 0);
    for (let primary = 0; primary < 3; primary++)
      rgb[pixel * 3 + primary] = Math.round(((255 - (cmyk[from + primary] ?? 0)) * light) / 255);
  }
  return rgb;
}

/** Grey samples of more than 8 bits to RGB from their 0.5th to their 99.5th percentile. */
export function deepGreyToRgb(
  samples: Uint16Array | Float32Array,
  channels: number,
): { rgb: Uint8Array; window: AppliedWindow } {
  const first = channels === 1 ? samples : samples.filter((_, index) => index % channels === 0);
  const range = percentileRange(first, 0.5, 99.5) ?? { low: 0, high: 0 };
  // One value everywhere has no range, and is black.
  const width = range.high - range.low || 1;
  const window = { name: 'percentile-0.5-99.5', center: range.low + width / 2, width };
  return { rgb: greyToRgb(toGrey(first, greyFunction(window, 'linear-exact'))), window };
}

/** Grey bytes as RGB bytes, each thrice. */
export function greyToRgb(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let pixel = 0, to = 0; pixel < grey.length; pixel++) {
    const level = grey[pixel] ?? 0;
    rgb[to++] = level;
    rgb[to++] = level;
    rgb[to++] = level;
  }
  return rgb;
}
