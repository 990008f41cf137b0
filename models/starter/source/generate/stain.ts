import { type Canvas, type Plane, wobble } from './canvas.ts';
import type { Random } from './random.ts';
import type { Colour, Drawn } from './scene.ts';

/** How much of each dye a pixel holds; 1 is a well stained nucleus, or well stained cytoplasm. */
export interface Dyes {
  readonly haematoxylin: Plane;
  readonly eosin: Plane;
}

/** Optical density of each dye in red, green and blue. @see Ruifrok and Johnston, Anal Quant Cytol Histol 2001 */
const HAEMATOXYLIN: Colour = { red: 0.65, green: 0.704, blue: 0.286 };
const EOSIN: Colour = { red: 0.12, green: 0.98, blue: 0.16 };

function develop(random: Random, canvas: Canvas, dyes: Dyes): { scene: Drawn['scene']; stain: string } {
  const stain = random.pick(['pale', 'moderate', 'moderate', 'strong']);
  const strength = { pale: 0.55, moderate: 0.95, strong: 1.45 }[stain] ?? 1;
  const nuclear = strength * random.between(0.85, 1.2) * 1.35;
  const pink = strength * random.between(0.75, 1.25) * 0.62;
  const drift = random.between(-0.08, 0.08);
  const light = [random.between(0.93, 0.99), random.between(0.92, 0.98), random.between(0.92, 0.99)] as const;
  const noise = random.between(0.006, 0.02);
  const channel = (name: keyof Colour, lamp: number): Plane => {
    const plane = canvas.plane();
    const h = (HAEMATOXYLIN[name] + (name === 'blue' ? drift : -drift)) * nuclear;
    const e = EOSIN[name] * pink;
    canvas.map(
      plane,
      (_value, _x, _y, i) =>
        lamp * Math.exp(-(h * (dyes.haematoxylin[i] as number) + e * (dyes.eosin[i] as number))) +
        noise * random.normal(),
    );
    return plane;
  };
  return {
    scene: {
      kind: 'colour',
      planes: [channel('red', light[0]), channel('green', light[1]), channel('blue', light[2])],
    },
    stain,
  };
}

interface Nucleus {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Length over width. */
  readonly long?: number;
  readonly turn?: number;
  readonly depth: number;
  readonly uneven?: number;
}

export function drawNucleus(
  random: Random,
  canvas: Canvas,
  { haematoxylin, eosin }: Dyes,
  nucleus: Nucleus,
): void {
  const { x, y, radius, long = 1, turn = 0, depth, uneven = 0.05 } = nucleus;
  const outline = wobble(random, uneven);
  const shape = { x, y, rx: radius * long, ry: radius, turn, soft: radius * 0.4, wobble: outline };
  canvas.shape(haematoxylin, shape, depth, 'max');
  canvas.shape(eosin, shape, 0.25);
}

export const empty = (canvas: Canvas): Dyes => ({ haematoxylin: canvas.plane(), eosin: canvas.plane() });

export function finish(random: Random, canvas: Canvas, dyes: Dyes, finding: string): Drawn {
  const { scene, stain } = develop(random, canvas, dyes);
  return { scene, attributes: { modality: 'histology', site: 'tissue', finding, stain } };
}
