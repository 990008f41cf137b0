/** A decoded tile before it is shown: row-major, samples interleaved. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

/** What the samples of a pixel mean. */
export type Meaning =
  /** `white`: the sample value that is white for `grey-inverted`, black otherwise being 0. */
  | { readonly is: 'grey'; readonly inverted: boolean; readonly window: SampleWindow }
  | { readonly is: 'rgb'; readonly alpha: Alpha; readonly window: SampleWindow }
  | { readonly is: 'palette'; readonly colours: Uint8Array }
  | { readonly is: 'cmyk' };

/** Sample values that become black and white. */
export interface SampleWindow {
  readonly low: number;
  readonly high: number;
}

export type Alpha = 'none' | 'associated' | 'unassociated';

export const FULL_8_BITS: SampleWindow = { low: 0, high: 255 };

/** Samples as RGB over white. Channels beyond those that have a meaning are left out. */
export function paint(samples: Samples, meaning: Meaning): Uint8Array {
  const { width, height, channels, data } = samples;
  const pixels = width * height;
  if (
    meaning.is === 'rgb' &&
    channels === 3 &&
    data instanceof Uint8Array &&
    meaning.window.low === 0 &&
    meaning.window.high === 255
  )
    return data.subarray(0, pixels * 3);
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0, from = 0, to = 0; pixel < pixels; pixel++, from += channels, to += 3)
    paintPixel(data, from, channels, rgb, to, meaning);
  return rgb;
}

function paintPixel(
  data: Uint8Array | Uint16Array,
  from: number,
  channels: number,
  rgb: Uint8Array,
  to: number,
  meaning: Meaning,
): void {
  const at = (index: number) => data[from + index] ?? 0;
  switch (meaning.is) {
    case 'grey': {
      const level = scaled(at(0), meaning.window);
      rgb.fill(meaning.inverted ? 255 - level : level, to, to + 3);
      return;
    }
    case 'palette': {
      const index = at(0) * 3;
      for (let primary = 0; primary < 3; primary++) rgb[to + primary] = meaning.colours[index + primary] ?? 0;
      return;
    }
    case 'cmyk': {
      const light = 255 - at(3);
      for (let primary = 0; primary < 3; primary++)
        rgb[to + primary] = Math.round(((255 - at(primary)) * light) / 255);
      return;
    }
    case 'rgb': {
      const alpha = meaning.alpha === 'none' || channels < 4 ? 255 : scaled(at(channels - 1), meaning.window);
      for (let primary = 0; primary < 3; primary++) {
        const level = scaled(at(primary), meaning.window);
        rgb[to + primary] =
          alpha === 255
            ? level
            : meaning.alpha === 'unassociated'
              ? Math.round((level * alpha) / 255) + 255 - alpha
              : Math.min(255, level + 255 - alpha);
      }
    }
  }
}

function scaled(value: number, { low, high }: SampleWindow): number {
  if (low === 0 && high === 255) return value;
  if (high <= low) return value > low ? 255 : 0;
  return Math.min(Math.max(Math.round(((value - low) * 255) / (high - low)), 0), 255);
}
