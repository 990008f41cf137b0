import type { Fitted } from '../../../preload/contract/calibrations.ts';
import type { Panel } from '../../../preload/contract/panels.ts';
import { applyIsotonic } from './statistics/isotonic.ts';

/** How the scores of an item become probabilities. Stored with a run, so that it stays what it was. */
export interface ScoreMap {
  readonly mode: Panel['mode'];
  /** Multiplies a cosine, or the margin of two: the bundle's logit scale; 1 for a probe. */
  readonly scale: number;
  /** The model as it comes when null. */
  readonly fitted: Fitted | null;
}

/**
 * How many numbers are stored per item for `labels` competing labels: their cosines, and for independent labels
 * their margins over their absence after them.
 */
export const columnsOf = (mode: Panel['mode'], labels: number): number =>
  mode === 'independent' ? 2 * labels : labels;

/** What is compared: scaled cosines of exclusive labels, scaled margins of independent ones; not calibrated. */
export function logitsOf(scores: Float32Array, { mode, scale }: ScoreMap): Float64Array {
  const compared = mode === 'independent' ? scores.subarray(scores.length / 2) : scores;
  // `Float64Array.from` with a function takes many times as long, and this is done for every item of an archive.
  return new Float64Array(compared).map((score) => score * scale);
}

/**
 * Probabilities of the competing labels: a softmax over exclusive ones, a sigmoid of each independent one.
 *
 * @see Radford et al. (2021), Learning transferable visual models from natural language supervision, §3.1.2; Tiu et al.
 *   (2022), Expert-level detection of pathologies from unannotated chest X-ray images (CheXzero): the softmax of a
 *   prompt against its negative, which is the sigmoid of their margin.
 */
export function probabilitiesOf(scores: Float32Array, map: ScoreMap): Float64Array {
  return calibrated(logitsOf(scores, map), map);
}

/** The same from {@link logitsOf}'s values of one item. */
export function calibrated(logits: Float64Array, { mode, fitted }: Omit<ScoreMap, 'scale'>): Float64Array {
  if (fitted?.is === 'isotonic') {
    const [first] = fitted.curves;
    if (mode === 'exclusive' && first) {
      // Of two labels one curve is enough: it is that of the second.
      const second = applyIsotonic(first, softmax(logits)[1] as number);
      return Float64Array.of(1 - second, second);
    }
    return logits.map((logit, label) => {
      const curve = fitted.curves[label];
      return curve ? applyIsotonic(curve, sigmoid(logit)) : sigmoid(logit);
    });
  }
  const moved = logits.map((logit, label) => moveLogit(logit, label, fitted));
  return mode === 'independent' ? moved.map(sigmoid) : softmax(moved);
}

function moveLogit(logit: number, label: number, fitted: Exclude<Fitted, { is: 'isotonic' }> | null): number {
  if (fitted === null) return logit;
  if (fitted.is === 'temperature') return logit / fitted.temperature;
  return logit * (fitted.weights[label] ?? 1) + (fitted.biases[label] ?? 0);
}

/** Stable for any size of logits. */
export function softmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = logits.map((logit) => Math.exp(logit - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Place of the largest value; the first of equal ones. */
export const best = (values: Float64Array): number =>
  values.reduce((place, value, index) => (value > (values[place] as number) ? index : place), 0);
