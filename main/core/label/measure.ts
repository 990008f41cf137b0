import type { Calibration, Evaluation, Fitted, Interval } from '../../../preload/contract/calibrations.ts';
import { calibrated } from '../domain/score-map.ts';
import { bootstrapInterval, quantile } from '../domain/statistics/bootstrap.ts';
import { wilson } from '../domain/statistics/intervals.ts';
import { seededRandom } from '../domain/statistics/random.ts';
import {
  brierTerms,
  confidencesOf,
  expectedCalibrationError,
  reliabilityBins,
  type Confidences,
} from '../domain/statistics/reliability.ts';
import type { LabelledCases } from './statistics-tasks.ts';

export const BINS = 10;
const PERFECT_ROUNDS = 500;

/** Probabilities of all cases, label by label. */
export function probabilitiesOfCases(
  { mode, labels, logits }: LabelledCases,
  fitted: Fitted | null,
): Float64Array {
  const result = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += labels.length)
    result.set(calibrated(logits.subarray(start, start + labels.length), { mode, fitted }), start);
  return result;
}

/** The right label of each case of an exclusive panel. */
export function truthOf({ labels, found }: LabelledCases): Int32Array {
  return Int32Array.from({ length: found.length / labels.length }, (_, row) =>
    found.subarray(row * labels.length, (row + 1) * labels.length).indexOf(1),
  );
}

/** What is judged: the best label of exclusive ones, case by case; every label of every case of independent ones. */
export function judged(cases: LabelledCases, probabilities: Float64Array): Confidences {
  return cases.mode === 'exclusive'
    ? confidencesOf(probabilities, cases.labels.length, truthOf(cases))
    : { confidence: probabilities, right: cases.found };
}

/** Squared errors, one per judgement. */
function errorTerms(cases: LabelledCases, probabilities: Float64Array): Float64Array {
  return cases.mode === 'exclusive'
    ? brierTerms(probabilities, cases.labels.length, truthOf(cases))
    : probabilities.map((probability, place) => (probability - (cases.found[place] as number)) ** 2);
}

/**
 * Calibration error, Brier score and reliability of probabilities.
 *
 * @param groups - cases of each patient, as places.
 */
export function measure(
  cases: LabelledCases,
  probabilities: Float64Array,
  groups: readonly (readonly number[])[],
): Calibration['after'] {
  const all = judged(cases, probabilities);
  const terms = errorTerms(cases, probabilities);
  const perCase = cases.mode === 'exclusive' ? 1 : cases.labels.length;
  const places = groups.map((group) =>
    group.flatMap((row) => Array.from({ length: perCase }, (_, label) => row * perCase + label)),
  );
  const errorAt = (chosen: readonly number[]) =>
    expectedCalibrationError(
      {
        confidence: Float64Array.from(chosen, (place) => all.confidence[place] as number),
        right: Uint8Array.from(chosen, (place) => all.right[place] as number),
      },
      BINS,
    );
  const brierAt = (chosen: readonly number[]) =>
    chosen.reduce((sum, place) => sum + (terms[place] as number), 0) / chosen.length;
  return {
    ece: withInterval(places, errorAt, 1),
    brier: withInterval(places, brierAt, 2),
    bins: reliabilityBins(all, BINS).map(({ low, high, n, confidence, accuracy }) => ({
      low,
      high,
      n,
      confidence,
      accuracy: accuracy === null ? null : wilson(Math.round(accuracy * n), n),
    })),
  };
}

/** One patient gives no interval: it is then as wide as it can be. */
const withInterval = (
  places: readonly (readonly number[])[],
  statistic: (chosen: readonly number[]) => number,
  most: number,
): Interval =>
  bootstrapInterval(places, statistic, most) ?? { value: statistic(places.flat()), low: 0, high: most };

/**
 * The calibration error that chance alone gives to a perfectly calibrated model with these confidences.
 *
 * @see Bröcker, Smith (2007), Increasing the reliability of reliability diagrams: consistency resampling.
 */
export function perfectInterval({ confidence }: Confidences): { low: number; high: number } {
  const random = seededRandom(2);
  const values = Float64Array.from({ length: PERFECT_ROUNDS }, () =>
    expectedCalibrationError(
      { confidence, right: Uint8Array.from(confidence, (value) => (random() < value ? 1 : 0)) },
      BINS,
    ),
  ).sort();
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/** Each label against the rest. */
export function byClass(cases: LabelledCases, probabilities: Float64Array): Calibration['classes'] {
  return cases.labels.map((label, index) => {
    const { confidence, right } = oneLabel(cases, probabilities, index);
    const n = right.reduce((sum, value) => sum + value, 0);
    const squares = confidence.reduce((sum, value, row) => sum + (value - (right[row] as number)) ** 2, 0);
    return {
      label,
      n,
      ece: expectedCalibrationError({ confidence, right }, BINS),
      brier: squares / confidence.length,
    };
  });
}

export function oneLabel(cases: LabelledCases, probabilities: Float64Array, label: number): Confidences {
  const { length } = cases.labels;
  const count = probabilities.length / length;
  return {
    confidence: Float64Array.from(
      { length: count },
      (_, row) => probabilities[row * length + label] as number,
    ),
    right: Uint8Array.from({ length: count }, (_, row) => cases.found[row * length + label] as number),
  };
}

export function prevalence(cases: LabelledCases): Evaluation['prevalence'] {
  const { length } = cases.labels;
  const count = cases.found.length / length;
  return cases.labels.map((label, index) => {
    let n = 0;
    for (let row = 0; row < count; row += 1) n += cases.found[row * length + index] as number;
    return { label, share: count === 0 ? 0 : n / count };
  });
}
