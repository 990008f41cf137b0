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

/** What the stored dyes of a slide were found by; another way of finding them has another name. */
export const STAIN_METHOD = 'macenko 1';

const LIGHT = 240;
/**
 * Length of an optical density (natural logarithm) below which a pixel is glass: Macenko's 0.15 in all three channels. Of
 * the whole density and not of each channel, as some write it: eosin takes next to no red, and in a pale slide all that
 * is pink alone would count as glass.
 */
const GLASS = 0.15 * Math.sqrt(3);
const ANGLE_PERCENT = 1;
const LEAST_PIXELS = 100;
/** Of a dye that a slide hardly has: keeps what is rescaled by it finite. */
export const LEAST_AMOUNT = 0.05;

/** The optical density of each of the 256 values of a channel. */
const densities = Float64Array.from(
  { length: 256 },
  (_, value) => -Math.log((Math.min(value, LIGHT) + 1) / (LIGHT + 1)),
);

/**
 * The dyes of a picture: the two ends of the angles that its pixels' optical densities span in the plane of greatest
 * variance.
 *
 * @param rgb - any number of pixels, three bytes each.
 * @returns null where there is too little stain to tell.
 * @see Macenko et al. (2009), A method for normalizing histology slides for quantitative analysis, ISBI.
 */
export function stainProfile(rgb: Uint8Array): StainProfile | null {
  const dense = denseOnly(rgb);
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
  const ends = [quantile(angles, ANGLE_PERCENT / 100), quantile(angles, 1 - ANGLE_PERCENT / 100)] as const;
  const [one, two] = [dyeAt(plane, ends[0]), dyeAt(plane, ends[1])];
  // Haematoxylin takes more red than eosin does.
  const [haematoxylin, eosin] = one[0] > two[0] ? [one, two] : [two, one];
  const split = unmix(haematoxylin, eosin);
  if (!split) return null;
  const amounts = [new Float64Array(count), new Float64Array(count)] as const;
  for (let index = 0; index < count; index++) {
    amounts[0][index] = project(dense, index, split[0]);
    amounts[1][index] = project(dense, index, split[1]);
  }
  const highest = (values: Float64Array) => Math.max(LEAST_AMOUNT, quantile(values.sort(), 0.99));
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
  const [nuclei, pink] = split;
  const [first, second] = [to.most[0] / from.most[0], to.most[1] / from.most[1]];
  const out = new Uint8Array(rgb.length);
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    const red = densities[rgb[at] as number] as number;
    const green = densities[rgb[at + 1] as number] as number;
    const blue = densities[rgb[at + 2] as number] as number;
    const blueDye = Math.max(0, red * nuclei[0] + green * nuclei[1] + blue * nuclei[2]) * first;
    const pinkDye = Math.max(0, red * pink[0] + green * pink[1] + blue * pink[2]) * second;
    for (let channel = 0; channel < 3; channel++) {
      const density =
        blueDye * (to.haematoxylin[channel] as number) + pinkDye * (to.eosin[channel] as number);
      out[at + channel] = Math.min(255, Math.round(LIGHT * Math.exp(-density)));
    }
  }
  return out;
}

/** Optical densities of the pixels that are no glass, three values each. */
function denseOnly(rgb: Uint8Array): Float32Array {
  const dense = new Float32Array(rgb.length);
  let length = 0;
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    const red = densities[rgb[at] as number] as number;
    const green = densities[rgb[at + 1] as number] as number;
    const blue = densities[rgb[at + 2] as number] as number;
    if (!(red * red + green * green + blue * blue > GLASS * GLASS)) continue;
    dense[length] = red;
    dense[length + 1] = green;
    dense[length + 2] = blue;
    length += 3;
  }
  return dense.subarray(0, length);
}

/** Between the two nearest values, as NumPy's default. @param sorted - at least one. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] as number;
  return low + ((sorted[Math.ceil(at)] as number) - low) * (at - Math.floor(at));
}

function dyeAt(plane: readonly [StainVector, StainVector], angle: number): StainVector {
  const channel = (index: 0 | 1 | 2) => plane[0][index] * Math.cos(angle) + plane[1][index] * Math.sin(angle);
  return unit([channel(0), channel(1), channel(2)]);
}

/**
 * The least-squares amounts of two dyes in a density: each is its product with one of these.
 *
 * @returns null where the dyes are the same.
 */
export function unmix(first: StainVector, second: StainVector): readonly [StainVector, StainVector] | null {
  const both = first[0] * second[0] + first[1] * second[1] + first[2] * second[2];
  const determinant = 1 - both * both;
  if (determinant < 1e-4) return null;
  const row = (one: StainVector, other: StainVector): StainVector => [
    (one[0] - both * other[0]) / determinant,
    (one[1] - both * other[1]) / determinant,
    (one[2] - both * other[2]) / determinant,
  ];
  return [row(first, second), row(second, first)];
}

/** The optical density of a channel's value, natural logarithm; 0 for what is as bright as the lamp. */
export const densityOf = (value: number): number => densities[value] ?? 0;

const project = (values: Float32Array, index: number, axis: StainVector) =>
  (values[index * 3] as number) * axis[0] +
  (values[index * 3 + 1] as number) * axis[1] +
  (values[index * 3 + 2] as number) * axis[2];

function unit([a, b, c]: StainVector): StainVector {
  const length = Math.hypot(a, b, c) || 1;
  // A density is no negative thing; the sign of an axis is arbitrary.
  const sign = a + b + c < 0 ? -1 : 1;
  return [(sign * a) / length, (sign * b) / length, (sign * c) / length];
}

/** The two directions of greatest variance of the densities, by power iteration on their covariance. */
function principalPlane(dense: Float32Array): readonly [StainVector, StainVector] {
  const count = dense.length / 3;
  const mean = [0, 0, 0];
  for (let at = 0; at < dense.length; at++)
    mean[at % 3] = (mean[at % 3] as number) + (dense[at] as number) / count;
  const covariance = new Float64Array(9);
  for (let index = 0; index < count; index++)
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 3; column++) {
        const one = (dense[index * 3 + row] as number) - (mean[row] as number);
        const other = (dense[index * 3 + column] as number) - (mean[column] as number);
        covariance[row * 3 + column] = (covariance[row * 3 + column] as number) + (one * other) / count;
      }
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
