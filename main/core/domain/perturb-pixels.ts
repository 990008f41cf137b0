import type { Perturbation } from '../../../preload/contract/stress.ts';
import { perturbationRules, type PerturbationRule } from './perturbations.ts';

/**
 * A model's picture, changed.
 *
 * @param rgb - a square, row-major, `sidePx`² · 3 bytes.
 * @returns a new picture of the same size; one whose window is to be changed comes back as it is, since its window lies
 *   before its pixels.
 */
export function perturb(id: Perturbation, rgb: Uint8Array, sidePx: number): Uint8Array {
  const { change }: PerturbationRule = perturbationRules[id];
  switch (change.is) {
    case 'quarter-turns':
      return quarterTurns(rgb, sidePx, change.turns);
    case 'turn':
      return moved(rgb, sidePx, (change.degrees * Math.PI) / 180, 1);
    case 'crop':
      return moved(rgb, sidePx, 0, change.share);
    case 'blur':
      return blurred(rgb, sidePx, change.sigmaPx);
    case 'stain':
      return stained(rgb, [change.haematoxylin, change.eosin, change.other]);
    case 'window':
      return rgb.slice();
  }
}

/** Clockwise; no pixel is made up. */
function quarterTurns(rgb: Uint8Array, side: number, turns: number): Uint8Array {
  const out = new Uint8Array(rgb.length);
  const last = side - 1;
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1) {
      const [fromX, fromY] = turns === 1 ? [y, last - x] : turns === 2 ? [last - x, last - y] : [last - y, x];
      const from = (fromY * side + fromX) * 3;
      const to = (y * side + x) * 3;
      for (let channel = 0; channel < 3; channel += 1) out[to + channel] = rgb[from + channel] as number;
    }
  return out;
}

/** Turned clockwise about the middle and drawn larger by 1 / `share`; what lies outside is the picture mirrored. */
function moved(rgb: Uint8Array, side: number, angle: number, share: number): Uint8Array {
  const out = new Uint8Array(rgb.length);
  const middle = (side - 1) / 2;
  const cos = Math.cos(angle) * share;
  const sin = Math.sin(angle) * share;
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1) {
      const fromX = middle + (x - middle) * cos + (y - middle) * sin;
      const fromY = middle - (x - middle) * sin + (y - middle) * cos;
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      const right = fromX - left;
      const below = fromY - top;
      const corners = [
        [mirrored(left, side), mirrored(top, side), (1 - right) * (1 - below)],
        [mirrored(left + 1, side), mirrored(top, side), right * (1 - below)],
        [mirrored(left, side), mirrored(top + 1, side), (1 - right) * below],
        [mirrored(left + 1, side), mirrored(top + 1, side), right * below],
      ] as const;
      for (let channel = 0; channel < 3; channel += 1) {
        let value = 0;
        for (const [column, row, weight] of corners)
          value += (rgb[(row * side + column) * 3 + channel] as number) * weight;
        out[(y * side + x) * 3 + channel] = Math.round(value);
      }
    }
  return out;
}

/** Place in a row of `length` that is continued by its mirror image, edge pixels twice. */
function mirrored(place: number, length: number): number {
  const within = ((place % (2 * length)) + 2 * length) % (2 * length);
  return within < length ? within : 2 * length - 1 - within;
}

/** Gaussian, to four sigmas, edges mirrored; rows first. */
function blurred(rgb: Uint8Array, side: number, sigma: number): Uint8Array {
  const reach = Math.ceil(4 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const pass = (from: Float64Array | Uint8Array, step: 'across' | 'down') => {
    const out = new Float64Array(rgb.length);
    for (let y = 0; y < side; y += 1)
      for (let x = 0; x < side; x += 1)
        for (let channel = 0; channel < 3; channel += 1) {
          let value = 0;
          for (const [at, weight] of weights.entries()) {
            const column = step === 'across' ? mirrored(x + at - reach, side) : x;
            const row = step === 'down' ? mirrored(y + at - reach, side) : y;
            value += (from[(row * side + column) * 3 + channel] as number) * weight;
          }
          out[(y * side + x) * 3 + channel] = value / sum;
        }
    return out;
  };
  return Uint8Array.from(pass(pass(rgb, 'across'), 'down'), Math.round);
}

/**
 * Optical densities of haematoxylin, eosin and what neither of them explains, in red, green, blue.
 *
 * @see Ruifrok, Johnston (2001), Quantification of histochemical staining by color deconvolution, Anal Quant Cytol Histol
 *   23: the first two rows as published, the third at right angles to both.
 */
const HAEMATOXYLIN = unit([0.65, 0.704, 0.286]);
const EOSIN = unit([0.072, 0.99, 0.105]);
const OTHER = unit(cross(HAEMATOXYLIN, EOSIN));

/** Amounts of the three times these factors, by the law of Beer and Lambert: light falls with the exponential of a dye. */
function stained(rgb: Uint8Array, factors: readonly [number, number, number]): Uint8Array {
  const axes = [HAEMATOXYLIN, EOSIN, OTHER] as const;
  // Rows of the inverse: what each dye's amount is made of.
  const determinant = dot(HAEMATOXYLIN, cross(EOSIN, OTHER));
  const inverse = [cross(EOSIN, OTHER), cross(OTHER, HAEMATOXYLIN), cross(HAEMATOXYLIN, EOSIN)] as const;
  // One matrix from densities to densities.
  const matrix = [0, 1, 2].map((to) =>
    [0, 1, 2].map((from) =>
      axes.reduce(
        (sum, axis, dye) =>
          sum +
          ((axis[to] as number) * (factors[dye] as number) * (inverse[dye]?.[from] as number)) / determinant,
        0,
      ),
    ),
  );
  // One level up, so that black has a density; see scikit-image's `rgb2hed`, which floors instead.
  const densities = Float64Array.from({ length: 256 }, (_, level) => -Math.log((level + 1) / 256));
  const out = new Uint8Array(rgb.length);
  for (let at = 0; at + 2 < rgb.length; at += 3)
    for (let channel = 0; channel < 3; channel += 1) {
      const row = matrix[channel] as number[];
      let density = 0;
      for (let from = 0; from < 3; from += 1)
        density += (row[from] as number) * (densities[rgb[at + from] as number] as number);
      out[at + channel] = Math.min(255, Math.max(0, Math.round(256 * Math.exp(-density) - 1)));
    }
  return out;
}

type Triple = readonly [number, number, number];

function dot(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Triple, b: Triple): Triple {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(vector: Triple): Triple {
  const length = Math.sqrt(dot(vector, vector));
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}
