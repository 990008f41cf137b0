import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coverageCurve } from '../../../../../main/core/domain/statistics/abstention.ts';
import { cohensKappa } from '../../../../../main/core/domain/statistics/agreement.ts';
import {
  negativeLogLikelihood,
  softmaxRows,
  type Cases,
} from '../../../../../main/core/domain/statistics/cases.ts';
import { classMetrics, confusionOf, macroF1 } from '../../../../../main/core/domain/statistics/confusion.ts';
import { conformalQuantile } from '../../../../../main/core/domain/statistics/conformal.ts';
import { applyIsotonic, fitIsotonic } from '../../../../../main/core/domain/statistics/isotonic.ts';
import { fitProbe, probeLogits } from '../../../../../main/core/domain/statistics/probe.ts';
import {
  areaUnderRoc,
  averagePrecision,
} from '../../../../../main/core/domain/statistics/ranking-metrics.ts';
import {
  brierTerms,
  confidencesOf,
  expectedCalibrationError,
  mean,
  reliabilityBins,
} from '../../../../../main/core/domain/statistics/reliability.ts';
import { cooled, fitTemperature } from '../../../../../main/core/domain/statistics/temperature.ts';
import { fitVectorScaling, scaled } from '../../../../../main/core/domain/statistics/vector-scaling.ts';
import { hasShared, shared } from '../../../../support/shared.ts';

// Computed by scipy and scikit-learn: a part lies in test/fixtures, the whole is used where the shared data is.

interface Multiclass {
  readonly classes: number;
  readonly logits: readonly number[][];
  readonly labels: readonly number[];
  readonly expected: {
    readonly T: number;
    readonly nll: Readonly<Record<'raw' | 'temperature' | 'vector', number>>;
    readonly before: Scores;
    readonly after_temperature: Scores;
    readonly accuracy_at_coverage: Readonly<Record<string, number>>;
    readonly conformal_lac_quantile: Readonly<Record<string, number>>;
  };
}
interface Scores {
  readonly ece10: number;
  readonly ece15: number;
  readonly ece20: number;
  readonly bins10: readonly { lo: number; hi: number; n: number; accuracy: number; confidence: number }[];
  readonly brier: number;
  readonly accuracy: number;
}
interface Binary {
  readonly scores: readonly number[];
  readonly labels: readonly number[];
  readonly expected: {
    readonly isotonic_thresholds: { readonly x: readonly number[]; readonly y: readonly number[] };
    readonly isotonic_grid: { readonly x: readonly number[]; readonly y: readonly number[] };
    readonly auroc: number;
    readonly average_precision: number;
    readonly brier: number;
    readonly sensitivity: number;
    readonly sensitivity_wilson95: readonly [number, number];
    readonly specificity: number;
    readonly specificity_wilson95: readonly [number, number];
  };
}
interface Reference {
  readonly multiclass: { readonly cases: readonly Multiclass[] };
  readonly binary: { readonly cases: readonly Binary[] };
  readonly agreement: {
    readonly reader1: readonly number[];
    readonly reader2: readonly number[];
    readonly expected: Readonly<Record<'kappa' | 'kappa_linear' | 'kappa_quadratic', number>> & {
      readonly confusion: readonly number[][];
      readonly macro_f1_reader1_true: number;
    };
  };
  readonly probe: {
    readonly train_x: readonly number[][];
    readonly train_y: readonly number[];
    readonly test_x: readonly number[][];
    readonly expected: { readonly probabilities: readonly number[][] };
  };
}

const parse = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const excerpt = join(import.meta.dirname, '../../../../fixtures/labels/calibration.json');
const whole = (name: string) => parse(shared('reference/calibration', `${name}.json`));
const reference = (
  hasShared
    ? Object.fromEntries(['multiclass', 'binary', 'agreement', 'probe'].map((name) => [name, whole(name)]))
    : parse(excerpt)
) as Reference;

const within = (actual: number, wanted: number, tolerance: number) =>
  expect(Math.abs(actual - wanted), `${actual} for ${wanted}`).toBeLessThanOrEqual(tolerance);

const casesOf = ({ classes, logits, labels }: Multiclass): Cases => ({
  classes,
  logits: Float64Array.from(logits.flat()),
  truth: Int32Array.from(labels),
});

describe.each(
  reference.multiclass.cases.map((given) => [`${given.labels.length} × ${given.classes}`, given]),
)('multiclass, %s cases', (_name, given) => {
  const { expected } = given as Multiclass;
  const cases = casesOf(given as Multiclass);
  const calibrated = cooled(cases, expected.T);

  test('temperature and its likelihood', () => {
    within(fitTemperature(cases), expected.T, 1e-4);
    within(negativeLogLikelihood(cases), expected.nll.raw, 1e-9);
    within(negativeLogLikelihood(calibrated), expected.nll.temperature, 1e-9);
  });

  test("vector scaling's likelihood, with biases that sum to 0", () => {
    const fitted = fitVectorScaling(cases);
    within(negativeLogLikelihood(scaled(cases, fitted)), expected.nll.vector, 1e-5);
    within(
      fitted.biases.reduce((sum, bias) => sum + bias, 0),
      0,
      1e-9,
    );
  });

  test.each(['before', 'after_temperature'] as const)('calibration error and Brier score %s', (when) => {
    const { classes, logits, truth } = when === 'before' ? cases : calibrated;
    const probabilities = softmaxRows(logits, classes);
    const confidences = confidencesOf(probabilities, classes, truth);
    const wanted = expected[when];
    within(expectedCalibrationError(confidences, 10), wanted.ece10, 1e-6);
    within(expectedCalibrationError(confidences, 15), wanted.ece15, 1e-6);
    within(expectedCalibrationError(confidences, 20), wanted.ece20, 1e-6);
    within(mean(brierTerms(probabilities, classes, truth)), wanted.brier, 1e-6);
    within(mean(confidences.right), wanted.accuracy, 1e-12);
    const filled = reliabilityBins(confidences, 10).filter(({ n }) => n > 0);
    expect(filled.map(({ n }) => n)).toEqual(wanted.bins10.map(({ n }) => n));
    filled.forEach(({ accuracy, confidence, low }, index) => {
      within(low, wanted.bins10[index]?.lo ?? NaN, 1e-9);
      within(accuracy ?? NaN, wanted.bins10[index]?.accuracy ?? NaN, 1e-6);
      within(confidence ?? NaN, wanted.bins10[index]?.confidence ?? NaN, 1e-6);
    });
  });

  test('accuracy at each coverage', () => {
    const { classes, logits, truth } = calibrated;
    const confidences = confidencesOf(softmaxRows(logits, classes), classes, truth);
    const wanted = Object.entries(expected.accuracy_at_coverage);
    const curve = coverageCurve(
      confidences,
      wanted.map(([coverage]) => Number(coverage)),
    );
    curve.forEach(({ accuracy }, index) => within(accuracy, wanted[index]?.[1] ?? NaN, 1e-9));
  });

  test('conformal quantiles', () => {
    const { classes, logits, truth } = calibrated;
    const probabilities = softmaxRows(logits, classes);
    const right = Float64Array.from(truth, (label, row) => probabilities[row * classes + label] as number);
    for (const [alpha, quantile] of Object.entries(expected.conformal_lac_quantile))
      within(conformalQuantile(right, Number(alpha)), quantile, 1e-6);
  });
});

describe.each(reference.binary.cases.map((given) => [String(given.labels.length), given]))(
  'binary, %s cases',
  (_name, given) => {
    const { scores, labels, expected } = given as Binary;

    test('isotonic fit: its points, and the curve on a grid', () => {
      const curve = fitIsotonic(scores, labels);
      expect(curve.x).toHaveLength(expected.isotonic_thresholds.x.length);
      curve.x.forEach((x, index) => within(x, expected.isotonic_thresholds.x[index] ?? NaN, 1e-9));
      curve.y.forEach((y, index) => within(y, expected.isotonic_thresholds.y[index] ?? NaN, 1e-9));
      expected.isotonic_grid.x.forEach((x, index) =>
        within(applyIsotonic(curve, x), expected.isotonic_grid.y[index] ?? NaN, 1e-6),
      );
    });

    test('AUROC, average precision, Brier score', () => {
      within(areaUnderRoc(scores, labels) ?? NaN, expected.auroc, 1e-6);
      within(averagePrecision(scores, labels) ?? NaN, expected.average_precision, 1e-6);
      const squares = scores.map((score, index) => (score - (labels[index] as number)) ** 2);
      within(mean(Float64Array.from(squares)), expected.brier, 1e-6);
    });

    test('sensitivity and specificity at 0.5 with Wilson intervals', () => {
      const said = scores.map((score) => (score >= 0.5 ? 1 : 0));
      const { sensitivity, specificity } = classMetrics(confusionOf(labels, said, 2))[1] ?? {};
      within(sensitivity?.value ?? NaN, expected.sensitivity, 1e-6);
      within(sensitivity?.low ?? NaN, expected.sensitivity_wilson95[0], 1e-6);
      within(sensitivity?.high ?? NaN, expected.sensitivity_wilson95[1], 1e-6);
      within(specificity?.value ?? NaN, expected.specificity, 1e-6);
      within(specificity?.low ?? NaN, expected.specificity_wilson95[0], 1e-6);
      within(specificity?.high ?? NaN, expected.specificity_wilson95[1], 1e-6);
    });
  },
);

describe('two readers', () => {
  const { reader1, reader2, expected } = reference.agreement;
  const counts = confusionOf(reader1, reader2, 5);

  test('confusion and macro F1', () => {
    expect(counts).toEqual(expected.confusion);
    within(macroF1(counts) ?? NaN, expected.macro_f1_reader1_true, 1e-6);
  });

  test.each([
    ['none', 'kappa'],
    ['linear', 'kappa_linear'],
    ['quadratic', 'kappa_quadratic'],
  ] as const)("Cohen's kappa, weights %s", (weighting, name) => {
    const kappa = cohensKappa(counts, weighting);
    within(kappa?.value ?? NaN, expected[name], 1e-6);
    expect(kappa?.low).toBeLessThan(expected[name]);
    expect(kappa?.high).toBeGreaterThan(expected[name]);
  });
});

test('probe: probabilities of the held-out cases', () => {
  const { train_x, train_y, test_x, expected } = reference.probe;
  const probe = fitProbe(Float64Array.from(train_x.flat()), Int32Array.from(train_y), 16, 4);
  const probabilities = softmaxRows(probeLogits(probe, Float64Array.from(test_x.flat())), 4);
  expected.probabilities.flat().forEach((wanted, place) => within(probabilities[place] ?? NaN, wanted, 1e-4));
});
