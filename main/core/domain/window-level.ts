/** How stored or rescaled values become grey (PS3.3 C.11.2.1.2 and C.11.2.1.3). */
export type VoiFunction = 'linear' | 'linear-exact' | 'sigmoid';

/** A window: `center` and `width` in the units of the modality values, Hounsfield units for CT. */
export interface WindowLevel {
  readonly center: number;
  /** At least 1 for `linear`, above 0 for the others (C.11.2.1.2.1, C.11.2.1.3). */
  readonly width: number;
}

/** A look-up table as PS3.3 C.11.1 and C.11.2 describe it: values below and above it take its ends. */
export interface LookupTable {
  /** Input value that the first entry belongs to. */
  readonly first: number;
  readonly entries: ArrayLike<number>;
  /** Bits of an entry, 8 to 16. */
  readonly bits: number;
}

/** A value as grey from 0 to 1. */
export type GreyFunction = (value: number) => number;

/** True where a window can be used as it is written in a file. */
export function isUsableWindow({ center, width }: WindowLevel, shape: VoiFunction = 'linear'): boolean {
  if (!Number.isFinite(center) || !Number.isFinite(width)) return false;
  return shape === 'linear' ? width >= 1 : width > 0;
}

/**
 * The grey function of a window.
 *
 * `linear` is C.11.2.1.2.1 with its half pixel: a window of width 1 is a step at the centre. `linear-exact` is
 * C.11.2.1.3.2, `sigmoid` C.11.2.1.3.1.
 */
export function greyFunction(window: WindowLevel, shape: VoiFunction = 'linear'): GreyFunction {
  const { center, width } = window;
  switch (shape) {
    case 'linear': {
      const low = center - 0.5 - (width - 1) / 2;
      const high = center - 0.5 + (width - 1) / 2;
      if (width <= 1) return (value) => (value <= low ? 0 : 1);
      return (value) => (value <= low ? 0 : value > high ? 1 : (value - (center - 0.5)) / (width - 1) + 0.5);
    }
    case 'linear-exact': {
      const low = center - width / 2;
      const high = center + width / 2;
      return (value) => (value <= low ? 0 : value > high ? 1 : (value - center) / width + 0.5);
    }
    case 'sigmoid':
      return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  }
}

/** The entry of a value; below the first entry the first, above the last the last. */
export function lookUp(table: LookupTable, value: number): number {
  const index = Math.min(Math.max(Math.round(value) - table.first, 0), table.entries.length - 1);
  return table.entries[index] ?? 0;
}

/** A VOI LUT as a grey function (C.11.2.1.1): entries over the full range of their bits. */
export function lookupGrey(table: LookupTable): GreyFunction {
  const full = 2 ** table.bits - 1;
  return (value) => lookUp(table, value) / full;
}

/**
 * Values as 8-bit grey, one byte each; `inverted` for MONOCHROME1 or an inverse presentation.
 * Not-a-number becomes black (white when inverted), as a value below the window would.
 */
export function toGrey(values: ArrayLike<number>, grey: GreyFunction, inverted = false): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    const level = Number.isNaN(value) ? 0 : grey(value);
    const byte = Math.round(Math.min(Math.max(level, 0), 1) * 255);
    bytes[index] = inverted ? 255 - byte : byte;
  }
  return bytes;
}
