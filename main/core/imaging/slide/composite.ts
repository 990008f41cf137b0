import type { Samples, SampleWindow } from './samples.ts';

/** One channel of fluorescence as it is shown. */
export interface ShownChannel {
  /** Stored values that are black and full colour. */
  readonly window: SampleWindow;
  /** RGB, 0 to 255. */
  readonly colour: readonly number[];
}

const usual: readonly (readonly [number, number, number])[] = [
  [0, 0, 255], [0, 255, 0], [255, 0, 0], [0, 255, 255], [255, 0, 255], [255, 255, 0], [255, 255, 255],
]; // prettier-ignore

/** Colour of a channel that states none: the usual order of nuclear, green, red, … stains. */
export const usualColour = (channel: number): readonly [number, number, number] =>
  usual[channel % usual.length] ?? [255, 255, 255];

/** Adds a channel to a picture in its colour, in place. */
export function addChannel(
  rgb: Uint8Array,
  { data, channels: step }: Pick<Samples, 'data' | 'channels'>,
  { window: { low, high }, colour }: ShownChannel,
): void {
  const range = Math.max(1, high - low);
  const pixels = Math.min(rgb.length / 3, data.length / step);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const light = Math.min(Math.max(((data[pixel * step] ?? 0) - low) / range, 0), 1);
    if (light === 0) continue;
    for (let primary = 0; primary < 3; primary++) {
      const at = pixel * 3 + primary;
      rgb[at] = Math.min(255, (rgb[at] ?? 0) + light * (colour[primary] ?? 0));
    }
  }
}
