/** Optical density of one stain in red, green, blue; unit length. */
export type StainVector = readonly [number, number, number];

/** How a slide is stained: its two dyes, and the concentration that 99 % of its pixels stay below. */
export interface StainProfile {
  readonly haematoxylin: StainVector;
  readonly eosin: StainVector;
  readonly most: readonly [haematoxylin: number, eosin: number];
}

/** Macenko's own reference, the usual target of normalisation. */
export const referenceStain: StainProfile = {
  haematoxylin: [0.5626, 0.7201, 0.4062],
  eosin: [0.2159, 0.8012, 0.5581],
  most: [1.9705, 1.0308],
};

const LIGHT = 240;
/** Optical density (natural logarithm) below which a pixel is glass. */
const GLASS = 0.15;
const ANGLE_PERCENT = 1;
const LEAST_PIXELS = 100;

/**
 * The dyes of a picture: the two ends of the angles that its pixels' optical densities span in the plane of greatest
 * variance.
 *
 * @returns null where there is too little stain to tell.
 * @see Macenko et al. (2009), A method for normalizing histology slides for quantitative analysis, ISBI.
 */
export function stainProfile(rgb: Uint8Array): StainProfile | null {
  const dense: number[] = [];
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    const density = densityOf(rgb, at);
    if (density.every((value) => value > GLASS)) dense.push(...density);
  }
  const count = dense.length / 3;
  if (count < LEAST_PIXELS) return null;
  const plane = principalPlane(dense);
  const angles = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const along = project(dense, index, plane[0]);
    const across = project(dense, index, plane[1]);
    angles[index] = Math.atan2(across, along);
  }
  angles.sort();
  const at = (percent: number) => angles[Math.min(count - 1, Math.floor((count * percent) / 100))] ?? 0;
  const ends = [at(ANGLE_PERCENT), at(100 - ANGLE_PERCENT)].map((angle) => {
    const vector = [0, 1, 2].map(
      (channel) => (plane[0][channel] ?? 0) * Math.cos(angle) + (plane[1][channel] ?? 0) * Math.sin(angle),
    );
    return unit(vector as unknown as StainVector);
  });
  const [one, two] = ends;
  if (!one || !two) return null;
  // Haematoxylin takes more red than eosin does.
  const [haematoxylin, eosin] = one[0] > two[0] ? [one, two] : [two, one];
  const split = unmix(haematoxylin, eosin);
  if (!split) return null;
  const amounts = [new Float64Array(count), new Float64Array(count)] as const;
  for (let index = 0; index < count; index++) {
    const density = [dense[index * 3] ?? 0, dense[index * 3 + 1] ?? 0, dense[index * 3 + 2] ?? 0] as const;
    [amounts[0][index], amounts[1][index]] = split(density);
  }
  const highest = (values: Float64Array) => Math.max(0.05, values.sort()[Math.floor(count * 0.99)] ?? 1);
  return { haematoxylin, eosin, most: [highest(amounts[0]), highest(amounts[1])] };
}

/** A picture as if it had been stained like the target: concentrations rescaled, drawn with the target's dyes. */
export function normaliseStain(
  rgb: Uint8Array,
  from: StainProfile,
  to: StainProfile = referenceStain,
): Uint8Array {
  const split = unmix(from.haematoxylin, from.eosin);
  if (!split) return rgb;
  const scale = [to.most[0] / from.most[0], to.most[1] / from.most[1]] as const;
  const out = new Uint8Array(rgb.length);
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    const [nuclei, pink] = split(densityOf(rgb, at));
    for (let channel = 0; channel < 3; channel++) {
      const density =
        Math.max(0, nuclei) * scale[0] * (to.haematoxylin[channel] ?? 0) +
        Math.max(0, pink) * scale[1] * (to.eosin[channel] ?? 0);
      out[at + channel] = Math.min(255, Math.round(LIGHT * Math.exp(-density)));
    }
  }
  return out;
}

function densityOf(rgb: Uint8Array, at: number): StainVector {
  const density = (value: number) => -Math.log((Math.min(value, LIGHT) + 1) / (LIGHT + 1));
  return [density(rgb[at] ?? 0), density(rgb[at + 1] ?? 0), density(rgb[at + 2] ?? 0)];
}

/** Amounts of two dyes in a density, by least squares; null where the dyes are the same. */
function unmix(first: StainVector, second: StainVector) {
  const both = first[0] * second[0] + first[1] * second[1] + first[2] * second[2];
  const determinant = 1 - both * both;
  if (determinant < 1e-4) return null;
  return (density: StainVector): [number, number] => {
    const one = density[0] * first[0] + density[1] * first[1] + density[2] * first[2];
    const two = density[0] * second[0] + density[1] * second[1] + density[2] * second[2];
    return [(one - both * two) / determinant, (two - both * one) / determinant];
  };
}

const project = (values: readonly number[], index: number, axis: StainVector) =>
  (values[index * 3] ?? 0) * axis[0] +
  (values[index * 3 + 1] ?? 0) * axis[1] +
  (values[index * 3 + 2] ?? 0) * axis[2];

function unit([a, b, c]: StainVector): StainVector {
  const length = Math.hypot(a, b, c) || 1;
  // A density is no negative thing; the sign of an axis is arbitrary.
  const sign = a + b + c < 0 ? -1 : 1;
  return [(sign * a) / length, (sign * b) / length, (sign * c) / length];
}

/** The two directions of greatest variance of the densities, by power iteration on their covariance. */
function principalPlane(dense: readonly number[]): readonly [StainVector, StainVector] {
  const count = dense.length / 3;
  const mean = [0, 0, 0];
  dense.forEach((value, at) => (mean[at % 3] = (mean[at % 3] ?? 0) + value / count));
  const covariance = new Float64Array(9);
  for (let index = 0; index < count; index++)
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 3; column++)
        covariance[row * 3 + column] =
          (covariance[row * 3 + column] ?? 0) +
          (((dense[index * 3 + row] ?? 0) - (mean[row] ?? 0)) *
            ((dense[index * 3 + column] ?? 0) - (mean[column] ?? 0))) /
            count;
  const first = power(covariance, null);
  return [first, power(covariance, first)];
}

function power(matrix: Float64Array, without: StainVector | null): StainVector {
  let axis: StainVector = without ? unit([without[1], without[2] + 0.1, without[0] - 0.2]) : unit([1, 1, 1]);
  for (let round = 0; round < 60; round++) {
    let next = [0, 1, 2].map((row) =>
      axis.reduce((sum, value, column) => sum + (matrix[row * 3 + column] ?? 0) * value, 0),
    );
    if (without) {
      const along = next.reduce((sum, value, index) => sum + value * (without[index] ?? 0), 0);
      next = next.map((value, index) => value - along * (without[index] ?? 0));
    }
    const length = Math.hypot(...next) || 1;
    axis = next.map((value) => value / length) as unknown as StainVector;
  }
  return axis[0] + axis[1] + axis[2] < 0 ? [-axis[0], -axis[1], -axis[2]] : axis;
}
