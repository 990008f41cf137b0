import { captionOf } from './captions.ts';
import { createCanvas } from './canvas.ts';
import { type Label, labels, painters } from './labels.ts';
import { createRandom } from './random.ts';
import { type Attributes, type ColourScene, type GreyScene, toRgb } from './scene.ts';

export interface GeneratedCase {
  /** 8-bit RGB, row by row, `sizePx * sizePx * 3` long. */
  readonly rgb: Uint8Array;
  readonly sizePx: number;
  readonly caption: string;
  readonly label: Label;
  readonly attributes: Attributes;
  /** The picture before it became bytes: Hounsfield units of a CT slice, say. */
  readonly scene: GreyScene | ColourScene;
}

export interface CaseOptions {
  /** Side of the square picture. The scene is the same at every size, the noise is not. */
  readonly sizePx?: number;
  /** Draws this label whatever the seed says. */
  readonly label?: Label;
}

/** Scenes without an up or down may be turned as they like. */
const anyTurn = new Set<Label>([
  'histology-glands',
  'histology-stroma',
  'histology-lymphocytes',
  'histology-necrosis',
  'histology-tumour',
  'dermoscopy',
  'xray-bone-normal',
  'xray-bone-fracture',
]);
const upright = new Set<Label>(['chart', 'blank']);

/**
 * One generated picture with its caption, label and attributes. The same seed and options give the same bytes
 * on every machine with the same JavaScript engine: all arithmetic is IEEE double or float32, and V8 computes
 * sines and exponentials in software.
 *
 * @param seed - whole number from 0 to 2^32 - 1. Seeds of training are below 1,000,000; see `seeds.ts`.
 */
export function generateCase(seed: number, { sizePx = 256, label: asked }: CaseOptions = {}): GeneratedCase {
  const random = createRandom(seed);
  const drawn = random.pick(labels);
  const label = asked ?? drawn;
  const free = anyTurn.has(label);
  const still = upright.has(label);
  const turn = free ? random.between(0, 6.283) : still ? 0 : random.between(-0.16, 0.16);
  const canvas = createCanvas(sizePx, {
    turn,
    zoom: still ? random.between(0.92, 1.05) : random.between(0.86, 1.18),
    shiftX: random.between(-0.08, 0.08),
    shiftY: random.between(-0.08, 0.08),
  });
  const { scene, attributes } = painters[label](random, canvas);
  const facts = { label, ...attributes };
  return {
    rgb: toRgb(scene),
    sizePx,
    caption: captionOf(random, label, facts),
    label,
    attributes: facts,
    scene,
  };
}
