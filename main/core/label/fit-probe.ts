import type { ProbeReport } from '../../../preload/contract/calibrations.ts';
import { bootstrapInterval, groupPlaces } from '../domain/statistics/bootstrap.ts';
import { decisions } from '../domain/statistics/cases.ts';
import type { Interval } from '../domain/statistics/intervals.ts';
import { fitProbe, probeLogits } from '../domain/statistics/probe.ts';
import { splitGroups } from '../domain/statistics/split.ts';
import { truthOf } from './measure.ts';
import type { LabelledCases, ProbeCalibrationTask, ProbeTask } from './statistics-tasks.ts';

export interface FittedProbe {
  /** Label after label its weights, then the intercepts. */
  readonly weights: Float32Array;
  readonly report: Pick<ProbeReport, 'trained' | 'held' | 'probe' | 'words' | 'difference' | 'verdict'>;
}

/**
 * C of the penalty. Stored vectors have unit length and share most of their direction, so the weights that tell labels
 * apart are large; a C of 1 would keep them from it.
 */
const STRENGTH = 100;
const FOLDS = 5;
/** Fewer patients than this tell nothing about the next one. */
const FEWEST_PATIENTS = 10;

/**
 * Fits the probe to all cases, and says what such a probe is worth by cross-validation: each fifth of the patients is
 * judged by a probe that has not met them, and by the words.
 */
export function fitProbeCases(task: ProbeTask): FittedProbe {
  const { features, truth, words, patients, dimensions, labels } = task;
  const groups = groupPlaces(patients);
  const right = decisions(crossFitted(features, truth, groups, dimensions, labels), labels).map(
    ({ chosen }, place) => (chosen === truth[place] ? 1 : 0),
  );
  const byWords = words.map((chosen, place) => (chosen === truth[place] ? 1 : 0));
  const share = (hits: ArrayLike<number>) => (places: readonly number[]) =>
    places.reduce((sum, place) => sum + (hits[place] as number), 0) / places.length;
  const gained = (places: readonly number[]) => share(right)(places) - share(byWords)(places);
  const difference = bootstrapInterval(groups, gained, 1, { least: -1 });
  const whole = fitProbe(features, truth, dimensions, labels, STRENGTH);
  return {
    weights: Float32Array.from([...whole.weights, ...whole.intercepts]),
    report: {
      trained: { items: truth.length, patients: groups.length },
      held: { items: truth.length, patients: groups.length },
      probe: bootstrapInterval(groups, share(right), 1),
      words: bootstrapInterval(groups, share(byWords), 1),
      difference,
      verdict: verdictOf(difference, groups.length),
    },
  };
}

/** Cases with what probes say of them that have not met their patients: what a calibration may be fitted to. */
export function crossFittedCases({ cases, features, dimensions }: ProbeCalibrationTask): LabelledCases {
  const { labels, patients } = cases;
  const truth = truthOf({ ...cases, logits: new Float64Array() });
  return {
    ...cases,
    logits: crossFitted(features, truth, groupPlaces(patients), dimensions, labels.length),
  };
}

/** Logits of each case by a probe that was fitted to the other folds of patients, case after case. */
function crossFitted(
  features: Float32Array,
  truth: Int32Array,
  groups: readonly (readonly number[])[],
  dimensions: number,
  labels: number,
): Float64Array {
  const folds = Math.min(FOLDS, groups.length);
  const fold = splitGroups(groups, truth, folds);
  const logits = new Float64Array(truth.length * labels);
  for (let held = 0; held < folds; held += 1) {
    const inside = [...fold.keys()].filter((place) => fold[place] !== held);
    const outside = [...fold.keys()].filter((place) => fold[place] === held);
    if (inside.length === 0) continue;
    const probe = fitProbe(
      rowsOf(features, inside, dimensions),
      Int32Array.from(inside, (place) => truth[place] as number),
      dimensions,
      labels,
      STRENGTH,
    );
    const own = probeLogits(probe, rowsOf(features, outside, dimensions));
    outside.forEach((place, index) =>
      logits.set(own.subarray(index * labels, (index + 1) * labels), place * labels),
    );
  }
  return logits;
}

function verdictOf(difference: Interval | null, patients: number): ProbeReport['verdict'] {
  if (!difference || patients < FEWEST_PATIENTS) return 'too-few';
  if (difference.low > 0) return 'probe';
  return difference.high < 0 ? 'words' : 'too-close';
}

function rowsOf(features: Float32Array, places: readonly number[], dimensions: number): Float32Array {
  const rows = new Float32Array(places.length * dimensions);
  places.forEach((place, index) =>
    rows.set(features.subarray(place * dimensions, (place + 1) * dimensions), index * dimensions),
  );
  return rows;
}
