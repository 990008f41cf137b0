import { densityOf, LEAST_AMOUNT, normaliseStain, unmix, type StainProfile } from './stain.ts';
import { seededRandom } from './statistics/random.ts';

/** How the amount of a dye is changed: times a factor, and added a share of the slide's 99th percentile of it. */
export interface DyeChange {
  readonly factor: number;
  readonly added: number;
}

export interface StainJitter {
  readonly haematoxylin: DyeChange;
  readonly eosin: DyeChange;
}

/** What happens to the colours of a tile between the slide and the model. */
export interface ColourSteps {
  /** What the slide is stained like. */
  readonly dyes: StainProfile;
  /** First: as if the slide had been stained a little differently. */
  readonly jitter: StainJitter | null;
  /** Then: as if it had been stained like this. */
  readonly target: StainProfile | null;
}

/**
 * Draws changes of staining, the same ones for the same count and sigma: factors evenly from 1 ± sigma, additions
 * evenly from ± sigma.
 *
 * @see Tellez et al. (2018), Whole-slide mitosis detection in H&E breast histology using PHH3 as a reference, IEEE TMI
 *   37(9), and Tellez et al. (2019), Quantifying the effects of data augmentation and stain color normalization, Medical
 *   Image Analysis 58: the same in a fixed space of dyes; 0.05 is their light, 0.2 their strong augmentation.
 */
export function drawJitters(count: number, sigma: number): StainJitter[] {
  const next = seededRandom(2018);
  const within = () => (2 * next() - 1) * sigma;
  const dye = (): DyeChange => ({ factor: 1 + within(), added: within() });
  return Array.from({ length: count }, () => ({ haematoxylin: dye(), eosin: dye() }));
}

/** A picture with its colours changed step by step; what the two dyes do not explain stays until a target replaces it. */
export function recolour(rgb: Uint8Array, { dyes, jitter, target }: ColourSteps): Uint8Array {
  const changed = jitter ? jitterStain(rgb, dyes, jitter) : rgb;
  if (!target) return changed;
  return normaliseStain(changed, jitter ? jitteredProfile(dyes, jitter) : dyes, target);
}

/** What would be found as the dyes of a slide changed like this: percentiles go along with a rising straight line. */
export function jitteredProfile(dyes: StainProfile, { haematoxylin, eosin }: StainJitter): StainProfile {
  const most = (value: number, { factor, added }: DyeChange) =>
    Math.max(LEAST_AMOUNT, value * (factor + added));
  return { ...dyes, most: [most(dyes.most[0], haematoxylin), most(dyes.most[1], eosin)] };
}

function jitterStain(rgb: Uint8Array, dyes: StainProfile, { haematoxylin, eosin }: StainJitter): Uint8Array {
  const split = unmix(dyes.haematoxylin, dyes.eosin);
  if (!split) return rgb;
  const [nuclei, pink] = split;
  const addedBlue = haematoxylin.added * dyes.most[0];
  const addedPink = eosin.added * dyes.most[1];
  const out = new Uint8Array(rgb.length);
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    const red = densityOf(rgb[at] as number);
    const green = densityOf(rgb[at + 1] as number);
    const blue = densityOf(rgb[at + 2] as number);
    const moreBlue =
      (red * nuclei[0] + green * nuclei[1] + blue * nuclei[2]) * (haematoxylin.factor - 1) + addedBlue;
    const morePink = (red * pink[0] + green * pink[1] + blue * pink[2]) * (eosin.factor - 1) + addedPink;
    for (let channel = 0; channel < 3; channel++) {
      const density =
        moreBlue * (dyes.haematoxylin[channel] as number) + morePink * (dyes.eosin[channel] as number);
      // Relative to what is there, so that no change is no change, glass brighter than the lamp included.
      const value = ((rgb[at + channel] as number) + 1) * Math.exp(-density) - 1;
      out[at + channel] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return out;
}
