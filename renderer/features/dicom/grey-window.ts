import type { DicomFrame } from '../../../preload/contract/dicom.ts';

export type GreyFrame = Extract<DicomFrame, { is: 'grey' }>;
export type WindowShape = GreyFrame['window']['shape'];

/** What is on screen: centre and width in modality units. */
export interface ShownWindow {
  readonly name: string;
  readonly center: number;
  readonly width: number;
  readonly shape: WindowShape;
}

export type GreyValues = Uint8Array | Int8Array | Uint16Array | Int16Array | Float32Array;

const TABLE = 0x10000;
const OPAQUE = 0xff000000;

/** Grey 0 to 1 of a modality value (PS3.3 C.11.2.1.2 and C.11.2.1.3), as the core computes it. */
export function greyOf(
  { center, width, shape }: ShownWindow,
  lut: GreyFrame['lut'],
): (value: number) => number {
  switch (shape) {
    case 'linear': {
      const low = center - 0.5 - (width - 1) / 2;
      const high = center - 0.5 + (width - 1) / 2;
      if (width <= 1) return (value) => (value <= low ? 0 : 1);
      return (value) => (value <= low ? 0 : value > high ? 1 : (value - (center - 0.5)) / (width - 1) + 0.5);
    }
    case 'linear-exact':
      return (value) => Math.min(Math.max((value - center) / width + 0.5, 0), 1);
    case 'sigmoid':
      return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
    case 'lut': {
      if (!lut) return () => 0;
      const { first, grey } = lut;
      return (value) => (grey[Math.min(Math.max(Math.round(value) - first, 0), grey.length - 1)] ?? 0) / 255;
    }
  }
}

/**
 * Writes a grey frame as opaque RGBA pixels, one 32-bit word each. Values of at most 16 bits are computed once each and
 * looked up: 512 by 512 pixels take about a millisecond, far less than a screen's refresh.
 *
 * @param out - as many words as the frame has pixels.
 */
export function paintGrey(
  out: Uint32Array,
  values: GreyValues,
  frame: GreyFrame,
  window: ShownWindow,
  flipped: boolean,
): void {
  const { slope, intercept, padding, lut } = frame;
  const inverted = frame.inverted !== flipped;
  const grey = greyOf(window, lut);
  const word = (value: number): number => {
    if (padding && value >= padding.low && value <= padding.high) return OPAQUE;
    const level = Number.isNaN(value) ? 0 : grey(value * slope + intercept);
    const shown = Math.round(Math.min(Math.max(level, 0), 1) * 255);
    const byte = inverted ? 255 - shown : shown;
    return (OPAQUE | (byte << 16) | (byte << 8) | byte) >>> 0;
  };
  if (values instanceof Float32Array) {
    for (let at = 0; at < values.length; at++) out[at] = word(values[at] ?? 0);
    return;
  }
  const signed = values instanceof Int8Array || values instanceof Int16Array;
  const small = values.BYTES_PER_ELEMENT === 1;
  const size = small ? 0x100 : TABLE;
  const table = new Uint32Array(size);
  for (let index = 0; index < size; index++)
    table[index] = word(signed && index >= size / 2 ? index - size : index);
  const mask = size - 1;
  for (let at = 0; at < values.length; at++) out[at] = table[(values[at] ?? 0) & mask] ?? OPAQUE;
}

/** Interleaved RGB as opaque RGBA pixels. */
export function paintColour(out: Uint32Array, rgb: Uint8Array, flipped: boolean): void {
  const flip = flipped ? 0xffffff : 0;
  for (let at = 0, from = 0; at < out.length; at++, from += 3) {
    const word = (rgb[from] ?? 0) | ((rgb[from + 1] ?? 0) << 8) | ((rgb[from + 2] ?? 0) << 16);
    out[at] = (OPAQUE | (word ^ flip)) >>> 0;
  }
}
