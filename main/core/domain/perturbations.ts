import type { Perturbation, PerturbationFamily } from '../../../preload/contract/stress.ts';

/** How the colours, the place or the sharpness of a model's picture are changed. */
type Change =
  | { readonly is: 'quarter-turns'; readonly turns: 1 | 2 | 3 }
  | { readonly is: 'turn'; readonly degrees: number }
  | { readonly is: 'crop'; readonly share: number }
  | { readonly is: 'blur'; readonly sigmaPx: number }
  | { readonly is: 'stain'; readonly haematoxylin: number; readonly eosin: number; readonly other: number }
  /** Of DICOM: the window's centre by a share of its width, its width by a factor. */
  | { readonly is: 'window'; readonly shift: number; readonly factor: number };

export interface PerturbationRule {
  readonly family: PerturbationFamily;
  /** What is done, with its strength, in words. */
  readonly words: string;
  readonly change: Change;
}

const dyes = (haematoxylin: number, eosin: number, other: number): Change => ({
  is: 'stain',
  haematoxylin,
  eosin,
  other,
});

/**
 * The stress set. Strengths are those that one archive meets between its devices: a specimen or a film laid the other way,
 * a reader's window, sections of 3 instead of 4 µm or a longer bath, a focus missed by one or two of the model's pixels,
 * a field of view cut closer. They are fixed, so that two models meet the same.
 *
 * @see Tellez et al. (2019), Quantifying the effects of data augmentation and stain color normalization, Medical Image
 *   Analysis 58: stain factors up to 1 ± 0.3, blur up to σ = 2; Hendrycks, Dietterich (2019), Benchmarking neural network
 *   robustness to common corruptions: fixed strengths, and the drop as the figure.
 */
export const perturbationRules = {
  'rotate-10': rule('rotation', 'turned by 10°', { is: 'turn', degrees: 10 }),
  'rotate-90': rule('rotation', 'turned by 90°', { is: 'quarter-turns', turns: 1 }),
  'rotate-180': rule('rotation', 'turned by 180°', { is: 'quarter-turns', turns: 2 }),
  'rotate-270': rule('rotation', 'turned by 270°', { is: 'quarter-turns', turns: 3 }),
  'window-darker': rule('window', 'window centre up by 20 % of its width', windowed(0.2, 1)),
  'window-brighter': rule('window', 'window centre down by 20 % of its width', windowed(-0.2, 1)),
  'window-narrow': rule('window', 'window width × 0.7', windowed(0, 0.7)),
  'window-wide': rule('window', 'window width × 1.5', windowed(0, 1.5)),
  'stain-weak': rule('stain', 'stain × 0.7', dyes(0.7, 0.7, 0.7)),
  'stain-strong': rule('stain', 'stain × 1.3', dyes(1.3, 1.3, 1.3)),
  'stain-blue': rule('stain', 'haematoxylin × 1.3, eosin × 0.7', dyes(1.3, 0.7, 1)),
  'stain-pink': rule('stain', 'haematoxylin × 0.7, eosin × 1.3', dyes(0.7, 1.3, 1)),
  'blur-1': rule('blur', 'blurred, σ 1 px of the model’s picture', { is: 'blur', sigmaPx: 1 }),
  'blur-2': rule('blur', 'blurred, σ 2 px of the model’s picture', { is: 'blur', sigmaPx: 2 }),
  'crop-90': rule('crop', 'the middle 90 % of each side', { is: 'crop', share: 0.9 }),
  'crop-75': rule('crop', 'the middle 75 % of each side', { is: 'crop', share: 0.75 }),
} as const satisfies Record<Perturbation, PerturbationRule>;

export const perturbations = Object.keys(perturbationRules) as Perturbation[];

function rule(family: PerturbationFamily, words: string, change: Change): PerturbationRule {
  return { family, words, change };
}

function windowed(shift: number, factor: number): Change {
  return { is: 'window', shift, factor };
}

/** Green is what both dyes take most of: by so many levels it is below red and blue. */
const TINT = 12;
const LEAST_TINTED = 0.25;

/**
 * Whether a picture looks stained with haematoxylin and eosin: purple and pink, which skin, retina, endoscopy and grey
 * pictures are not. For pictures that come without a word about it.
 */
export function looksStained(rgb: Uint8Array): boolean {
  let tinted = 0;
  for (let at = 0; at + 2 < rgb.length; at += 3)
    if ((rgb[at + 1] as number) + TINT <= Math.min(rgb[at] as number, rgb[at + 2] as number)) tinted += 1;
  return tinted >= (rgb.length / 3) * LEAST_TINTED;
}

/** The window that a perturbation shows a picture in; null for one that changes no window. */
export function perturbedWindow(
  id: Perturbation,
  { center, width }: { readonly center: number; readonly width: number },
): { center: number; width: number } | null {
  const change: Change = perturbationRules[id].change;
  if (change.is !== 'window') return null;
  return { center: center + change.shift * width, width: Math.max(1, width * change.factor) };
}
