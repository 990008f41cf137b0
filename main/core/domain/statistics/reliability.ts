import { decisions } from './cases.ts';

export interface Bin {
  /** Confidences in (low, high]. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Share of right decisions, and mean confidence; null in an empty bin. */
  readonly accuracy: number | null;
  readonly confidence: number | null;
}

export interface Confidences {
  /** Largest probability of each case. */
  readonly confidence: Float64Array;
  /** 1 where that class was right, else 0. */
  readonly right: Uint8Array;
}

export function confidencesOf(probabilities: Float64Array, classes: number, truth: Int32Array): Confidences {
  const decided = decisions(probabilities, classes);
  return {
    confidence: Float64Array.from(decided, ({ confidence }) => confidence),
    right: Uint8Array.from(decided, ({ chosen }, index) => (chosen === truth[index] ? 1 : 0)),
  };
}

/** Cases by confidence in bins of equal width; every bin is there, empty ones too. */
export function reliabilityBins({ confidence, right }: Confidences, bins: number): Bin[] {
  const counts = new Float64Array(bins);
  const hits = new Float64Array(bins);
  const sums = new Float64Array(bins);
  for (let index = 0; index < confidence.length; index += 1) {
    const value = confidence[index] as number;
    const bin = binOf(value, bins);
    counts[bin] = (counts[bin] as number) + 1;
    hits[bin] = (hits[bin] as number) + (right[index] as number);
    sums[bin] = (sums[bin] as number) + value;
  }
  return Array.from({ length: bins }, (_, bin) => {
    const n = counts[bin] as number;
    return {
      low: bin / bins,
      high: (bin + 1) / bins,
      n,
      accuracy: n > 0 ? (hits[bin] as number) / n : null,
      confidence: n > 0 ? (sums[bin] as number) / n : null,
    };
  });
}

/** Bins are open below and closed above; 0 itself, which no softmax gives, falls into the first. */
function binOf(value: number, bins: number): number {
  const bin = Math.min(bins - 1, Math.max(0, Math.ceil(value * bins) - 1));
  // The product is rounded; the edges are what counts.
  if (value <= bin / bins && bin > 0) return bin - 1;
  return value > (bin + 1) / bins && bin < bins - 1 ? bin + 1 : bin;
}

/**
 * Expected calibration error: by how much confidence and accuracy differ, bin by bin, weighted by count.
 *
 * It is never negative and so, of a perfectly calibrated model, not 0 but what chance makes of `n` cases.
 *
 * @see Naeini, Cooper, Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning.
 */
export function expectedCalibrationError(confidences: Confidences, bins: number): number {
  const n = confidences.confidence.length;
  return reliabilityBins(confidences, bins).reduce(
    (sum, { n: count, accuracy, confidence }) =>
      accuracy === null || confidence === null ? sum : sum + (count / n) * Math.abs(accuracy - confidence),
    0,
  );
}

/**
 * Squared distance of each case's probabilities from what was found, summed over the classes: 0 to 2. The Brier score
 * is their mean.
 *
 * @see Brier (1950), Verification of forecasts expressed in terms of probability.
 */
export function brierTerms(probabilities: Float64Array, classes: number, truth: Int32Array): Float64Array {
  return Float64Array.from(truth, (right, row) => {
    let sum = 0;
    for (let index = 0; index < classes; index += 1) {
      const error = (probabilities[row * classes + index] as number) - (index === right ? 1 : 0);
      sum += error * error;
    }
    return sum;
  });
}

export const mean = (values: Float64Array | Uint8Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};
