import { describe, expect, test } from 'vitest';
import {
  bootstrapInterval,
  groupPlaces,
  quantile,
} from '../../../../../main/core/domain/statistics/bootstrap.ts';
import { pick, softmaxRows, type Cases } from '../../../../../main/core/domain/statistics/cases.ts';
import { conformalQuantile, conformalSet } from '../../../../../main/core/domain/statistics/conformal.ts';
import { wilson } from '../../../../../main/core/domain/statistics/intervals.ts';
import { minimise } from '../../../../../main/core/domain/statistics/minimise.ts';
import { seededRandom } from '../../../../../main/core/domain/statistics/random.ts';
import {
  confidencesOf,
  expectedCalibrationError,
} from '../../../../../main/core/domain/statistics/reliability.ts';
import {
  cooled,
  fitTemperature,
  fitTemperatureSafely,
} from '../../../../../main/core/domain/statistics/temperature.ts';

/** Cases whose labels are drawn from softmax(logits), and then logits made `over` times too sure. */
function simulate(n: number, classes: number, over: number, seed: number): Cases {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const honest = Float64Array.from({ length: n * classes }, () => 1.5 * normal());
  return { classes, logits: honest.map((logit) => logit * over), truth: draw(honest, classes, random) };
}

function draw(logits: Float64Array, classes: number, random: () => number): Int32Array {
  const probabilities = softmaxRows(logits, classes);
  return Int32Array.from({ length: logits.length / classes }, (_, row) => {
    let rest = random();
    for (let label = 0; label < classes - 1; label += 1) {
      rest -= probabilities[row * classes + label] as number;
      if (rest < 0) return label;
    }
    return classes - 1;
  });
}

const errorOf = ({ classes, logits, truth }: Cases) =>
  expectedCalibrationError(confidencesOf(softmaxRows(logits, classes), classes, truth), 10);

describe('2,000 cases, over-confident by a factor', () => {
  test.each([1, 2, 3])('a temperature of the first half makes the second honest (seed %i)', (seed) => {
    const all = simulate(2000, 8, 2.5, seed);
    const places = [...all.truth.keys()];
    const held = pick(all, places.slice(1000));
    const temperature = fitTemperature(pick(all, places.slice(0, 1000)));
    const calibrated = cooled(held, temperature);
    expect(errorOf(calibrated)).toBeLessThanOrEqual(errorOf(held) / 3);

    // What chance alone makes of a model whose probabilities are right.
    const random = seededRandom(99);
    const perfect = Float64Array.from({ length: 200 }, () =>
      errorOf({ ...calibrated, truth: draw(calibrated.logits, 8, random) }),
    ).sort();
    expect(errorOf(calibrated)).toBeLessThanOrEqual(quantile(perfect, 0.975));
    expect(errorOf(held)).toBeGreaterThan(quantile(perfect, 0.975));
  });

  test('conformal sets hold the right label as often as promised', () => {
    const all = simulate(4000, 5, 2, 7);
    const probabilities = softmaxRows(all.logits, 5);
    const right = Float64Array.from(all.truth, (label, row) => probabilities[row * 5 + label] as number);
    for (const alpha of [0.05, 0.1, 0.2]) {
      const bound = conformalQuantile(right.slice(0, 2000), alpha);
      let held = 0;
      for (let row = 2000; row < 4000; row += 1) {
        const set = conformalSet(probabilities.subarray(row * 5, row * 5 + 5), bound);
        if (set.includes(all.truth[row] as number)) held += 1;
      }
      expect(Math.abs(held / 2000 - (1 - alpha))).toBeLessThan(0.03);
    }
  });
});

describe('cases without a single mistake', () => {
  const n = 200;
  const easy: Cases = {
    classes: 3,
    logits: Float64Array.from({ length: 3 * n }, (_, place) =>
      place % 3 === Math.floor(place / 3) % 3 ? 4 + (place % 5) : 0,
    ),
    truth: Int32Array.from({ length: n }, (_, row) => row % 3),
  };

  test('claim certainty when nothing holds them back, and no more than their number allows otherwise', () => {
    const surest = (temperature: number) => Math.max(...softmaxRows(cooled(easy, temperature).logits, 3));
    expect(surest(fitTemperature(easy))).toBeGreaterThan(1 - 1e-12);
    const safe = fitTemperatureSafely(easy);
    const confidences = confidencesOf(softmaxRows(cooled(easy, safe).logits, 3), 3, easy.truth);
    const average = confidences.confidence.reduce((sum, value) => sum + value, 0) / n;
    expect(average).toBeCloseTo((n + 1) / (n + 2), 2);
  });

  test('with mistakes the plain fit stands', () => {
    const cases = simulate(300, 3, 2, 4);
    expect(fitTemperatureSafely(cases)).toBe(fitTemperature(cases));
  });
});

describe('bootstrap by patient', () => {
  const values = Array.from({ length: 100 }, (_, index) => (index % 4 === 0 ? 1 : 0));
  const share = (places: readonly number[]) =>
    places.reduce((sum, place) => sum + (values[place] as number), 0) / places.length;

  test('of independent cases it is close to the interval by formula', () => {
    const interval = bootstrapInterval(groupPlaces(values.map(() => null)), share, 1);
    const formula = wilson(25, 100);
    expect(interval?.value).toBe(0.25);
    expect(interval?.low).toBeCloseTo(formula?.low ?? NaN, 1);
    expect(interval?.high).toBeCloseTo(formula?.high ?? NaN, 1);
  });

  test('patients with several equal pictures make it wider', () => {
    const sorted = values.toSorted();
    const of = (patients: (string | null)[]) => {
      const interval = bootstrapInterval(
        groupPlaces(patients),
        (places) => places.reduce((sum, place) => sum + (sorted[place] as number), 0) / places.length,
        1,
      );
      return (interval?.high ?? NaN) - (interval?.low ?? NaN);
    };
    const alone = of(sorted.map(() => null));
    const inTens = of(sorted.map((_, index) => `p${Math.floor(index / 10)}`));
    expect(inTens).toBeGreaterThan(2 * alone);
  });

  test("is moved by the bootstrap's bias: a resample's calibration error is larger than the real one", () => {
    const { classes, logits, truth } = simulate(400, 4, 1, 5);
    const { confidence, right } = confidencesOf(softmaxRows(logits, classes), classes, truth);
    const error = (places: readonly number[]) =>
      expectedCalibrationError(
        {
          confidence: Float64Array.from(places, (place) => confidence[place] as number),
          right: Uint8Array.from(places, (place) => right[place] as number),
        },
        10,
      );
    const places = [...truth.keys()];
    const interval = bootstrapInterval(
      places.map((place) => [place]),
      error,
      1,
    );
    const { value, low, high } = interval ?? { value: NaN, low: NaN, high: NaN };
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    // Unmoved, the interval would begin above the value and the value would be its lower end.
    expect(value - low).toBeGreaterThan((high - low) / 5);
  });

  test('one patient says nothing', () => {
    expect(bootstrapInterval(groupPlaces(['a', 'a', 'a']), share, 1)).toBeNull();
  });

  test('is the same every time', () => {
    const groups = groupPlaces(values.map(() => null));
    expect(bootstrapInterval(groups, share, 1)).toEqual(bootstrapInterval(groups, share, 1));
  });
});

describe('minimise', () => {
  test("finds Rosenbrock's valley floor", () => {
    const { at, converged } = minimise(
      (point, gradient) => {
        const [x, y] = point as unknown as [number, number];
        gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
        gradient[1] = 200 * (y - x * x);
        return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
      },
      Float64Array.of(-1.2, 1),
    );
    expect(converged).toBe(true);
    expect(at[0]).toBeCloseTo(1, 6);
    expect(at[1]).toBeCloseTo(1, 6);
  });
});

test.each([
  // hits, n, low, high: Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i lies in [%d, %d]', (hits, n, low, high) => {
  expect(Math.abs((wilson(hits, n)?.low ?? NaN) - low)).toBeLessThanOrEqual(5e-5);
  expect(Math.abs((wilson(hits, n)?.high ?? NaN) - high)).toBeLessThanOrEqual(5e-5);
});

test('nothing counted, no interval', () => expect(wilson(0, 0)).toBeNull());
