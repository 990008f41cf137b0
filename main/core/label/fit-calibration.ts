import type { Calibration, Fitted, Method } from '../../../preload/contract/calibrations.ts';
import { sigmoid, softmax } from '../domain/score-map.ts';
import { coverageCurve } from '../domain/statistics/abstention.ts';
import { groupPlaces } from '../domain/statistics/bootstrap.ts';
import type { Cases } from '../domain/statistics/cases.ts';
import { conformalQuantile, conformalSet, fewestForConformal } from '../domain/statistics/conformal.ts';
import { wilson } from '../domain/statistics/intervals.ts';
import { fitIsotonic } from '../domain/statistics/isotonic.ts';
import { splitGroups } from '../domain/statistics/split.ts';
import { fitTemperatureSafely } from '../domain/statistics/temperature.ts';
import { fitVectorScaling } from '../domain/statistics/vector-scaling.ts';
import { byClass, judged, measure, perfectInterval, probabilitiesOfCases, truthOf } from './measure.ts';
import { countCases, type CalibrationTask, type LabelledCases } from './statistics-tasks.ts';

export type FittedCalibration = Pick<
  Calibration,
  | 'fitted'
  | 'fit'
  | 'report'
  | 'after'
  | 'before'
  | 'perfect'
  | 'accuracy'
  | 'classes'
  | 'coverage'
  | 'conformal'
  | 'threshold'
>;

const COVERAGES = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
const ALPHAS = [0.05, 0.1, 0.2];
/** The share that is decided where nobody has chosen another. */
const USUAL_COVERAGE = 0.9;

/**
 * Fits to one half of the patients and measures on the other half, which had no part in the fit. Conformal quantiles are
 * of the first half too; what the sets then hold is counted in the second.
 */
export function fitCalibration({ cases, method }: CalibrationTask): FittedCalibration {
  const part = splitGroups(groupPlaces(cases.patients), strata(cases), 2);
  const places = [...part.keys()];
  const first = pickCases(
    cases,
    places.filter((place) => part[place] === 0),
  );
  const second = pickCases(
    cases,
    places.filter((place) => part[place] === 1),
  );
  const fitted = fit(first, method);

  const groups = groupPlaces(second.patients);
  const probabilities = probabilitiesOfCases(second, fitted);
  const confidences = judged(second, probabilities);
  const hits = confidences.right.reduce((sum, value) => sum + value, 0);
  const exclusive = cases.mode === 'exclusive';
  const coverage = coverageCurve(decided(second, probabilities), COVERAGES);
  const [everything] = coverage;
  const usual = coverage.find((point) => point.coverage === USUAL_COVERAGE);
  return {
    fitted,
    fit: { items: countCases(first), patients: groupPlaces(first.patients).length },
    report: { items: countCases(second), patients: groups.length },
    after: measure(second, probabilities, groups),
    before: measure(second, probabilitiesOfCases(second, null), groups),
    perfect: perfectInterval(confidences),
    accuracy: exclusive ? wilson(hits, confidences.right.length) : null,
    classes: byClass(second, probabilities),
    coverage,
    conformal: exclusive ? conformal(first, second, fitted) : [],
    threshold: usual && everything && usual.accuracy > everything.accuracy ? usual.threshold : null,
  };
}

function fit(cases: LabelledCases, method: Method): Fitted {
  const exclusive = cases.mode === 'exclusive';
  if (method === 'temperature')
    return {
      is: 'temperature',
      temperature: fitTemperatureSafely(exclusive ? toCases(cases) : binaryCases(cases, cases.labels.keys())),
    };
  if (method === 'isotonic') return { is: 'isotonic', curves: curvesOf(cases) };
  if (exclusive) {
    const { weights, biases } = fitVectorScaling(toCases(cases));
    return { is: 'vector', weights: [...weights], biases: [...biases] };
  }
  // Of two logits [0, z] with their biases only the differences count: a line over z.
  const lines = cases.labels.map((_, label) => fitVectorScaling(binaryCases(cases, [label])));
  return {
    is: 'vector',
    weights: lines.map(({ weights }) => weights[1] as number),
    biases: lines.map(({ biases }) => (biases[1] as number) - (biases[0] as number)),
  };
}

function curvesOf(cases: LabelledCases): { x: number[]; y: number[] }[] {
  const { length } = cases.labels;
  const wanted = cases.mode === 'exclusive' ? [1] : [...cases.labels.keys()];
  return wanted.map((label) => {
    const rows = Array.from({ length: countCases(cases) }, (_, row) => row);
    const scores = rows.map((row) => {
      const logits = cases.logits.subarray(row * length, (row + 1) * length);
      return cases.mode === 'exclusive'
        ? (softmax(logits)[label] as number)
        : sigmoid(logits[label] as number);
    });
    const { x, y } = fitIsotonic(
      scores,
      rows.map((row) => cases.found[row * length + label] as number),
    );
    return { x: [...x], y: [...y] };
  });
}

const toCases = (cases: LabelledCases): Cases => ({
  classes: cases.labels.length,
  logits: cases.logits,
  truth: truthOf(cases),
});

/** Each of these labels of each case as a case of two classes: absent with logit 0, present with its own. */
function binaryCases(cases: LabelledCases, labels: Iterable<number>): Cases {
  const { length } = cases.labels;
  const logits: number[] = [];
  const truth: number[] = [];
  for (const label of labels)
    for (let place = label; place < cases.logits.length; place += length) {
      logits.push(0, cases.logits[place] as number);
      truth.push(cases.found[place] as number);
    }
  return { classes: 2, logits: Float64Array.from(logits), truth: Int32Array.from(truth) };
}

/** What a person would be told, with its certainty: the label, or of independent labels present or absent. */
function decided(cases: LabelledCases, probabilities: Float64Array) {
  if (cases.mode === 'exclusive') return judged(cases, probabilities);
  return {
    confidence: probabilities.map((value) => Math.max(value, 1 - value)),
    right: cases.found.map((found, place) => ((probabilities[place] as number) >= 0.5 ? found : 1 - found)),
  };
}

function conformal(fitCases: LabelledCases, report: LabelledCases, fitted: Fitted): Calibration['conformal'] {
  const { length } = fitCases.labels;
  const rightOf = (cases: LabelledCases, probabilities: Float64Array) =>
    Float64Array.from(truthOf(cases), (label, row) => probabilities[row * length + label] as number);
  const first = rightOf(fitCases, probabilitiesOfCases(fitCases, fitted));
  const probabilities = probabilitiesOfCases(report, fitted);
  const truth = truthOf(report);
  return ALPHAS.filter((alpha) => first.length >= fewestForConformal(alpha)).map((alpha) => {
    const quantile = conformalQuantile(first, alpha);
    const sets = [...truth.keys()].map((row) =>
      conformalSet(probabilities.subarray(row * length, (row + 1) * length), quantile),
    );
    const held = sets.filter((set, row) => set.includes(truth[row] as number)).length;
    return {
      alpha,
      quantile,
      held: held / sets.length,
      meanSize: sets.reduce((sum, set) => sum + set.length, 0) / sets.length,
    };
  });
}

/** A label of each case, for spreading labels over the halves: the first that applies. */
export function strata(cases: LabelledCases): Int32Array {
  return truthOf(cases);
}

export function pickCases(cases: LabelledCases, places: readonly number[]): LabelledCases {
  const { length } = cases.labels;
  const logits = new Float64Array(places.length * length);
  const found = new Uint8Array(places.length * length);
  places.forEach((place, index) => {
    logits.set(cases.logits.subarray(place * length, (place + 1) * length), index * length);
    found.set(cases.found.subarray(place * length, (place + 1) * length), index * length);
  });
  return {
    ...cases,
    logits,
    found,
    patients: places.map((place) => cases.patients[place] ?? null),
  };
}
