import type { Canvas, Plane } from './canvas.ts';
import type { Random } from './random.ts';

/** What a person could say about a picture, by name: label, modality, site, finding, side, stain and so on. */
export type Attributes = Readonly<Record<string, string>>;

export interface GreyWindow {
  readonly name: string;
  readonly centre: number;
  readonly width: number;
}

/** Grey values in the modality's unit (Hounsfield for CT, 0 to 1000 for radiographs) and how to look at them. */
export interface GreyScene {
  readonly kind: 'grey';
  readonly values: Plane;
  /** The first is how the picture is shown. */
  readonly windows: readonly [GreyWindow, ...GreyWindow[]];
}

/** Colour in [0, 1] per channel; values beyond are cut. */
export interface ColourScene {
  readonly kind: 'colour';
  readonly planes: readonly [red: Plane, green: Plane, blue: Plane];
}

export interface Drawn {
  readonly scene: GreyScene | ColourScene;
  readonly attributes: Attributes;
}

/** Draws one picture of a class into fresh planes of the canvas. */
export type Painter = (random: Random, canvas: Canvas) => Drawn;

export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** 8-bit RGB, interleaved. Grey scenes go through their first window, linearly. */
export function toRgb(scene: GreyScene | ColourScene): Uint8Array {
  const { kind } = scene;
  const count = kind === 'grey' ? scene.values.length : scene.planes[0].length;
  const rgb = new Uint8Array(count * 3);
  const byte = (value: number): number => Math.max(0, Math.min(255, Math.round(value * 255)));
  if (kind === 'grey') {
    const { centre, width } = scene.windows[0];
    for (let i = 0; i < count; i += 1) {
      rgb.fill(byte(((scene.values[i] as number) - centre) / width + 0.5), i * 3, i * 3 + 3);
    }
    return rgb;
  }
  scene.planes.forEach((plane, channel) => {
    for (let i = 0; i < count; i += 1) rgb[i * 3 + channel] = byte(plane[i] as number);
  });
  return rgb;
}
