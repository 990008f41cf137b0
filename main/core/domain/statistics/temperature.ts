import type { Cases } from './cases.ts';

/** exp(±4): further out the likelihood says nothing any more. */
const SMALLEST = Math.exp(-4);
const LARGEST = Math.exp(4);
const STEPS = 200;

/**
 * The temperature that makes the right classes likeliest: the minimum over T of the mean negative log-likelihood
 * of softmax(logits / T).
 *
 * The likelihood is convex in 1/T, so its slope has one zero; it is found by Newton's method kept inside a bracket.
 *
 * @param certainty - how much of each case's target its right class gets, the other classes sharing the rest.
 * @returns T within [e⁻⁴, e⁴].
 * @see Guo et al. (2017), On calibration of modern neural networks, §4.2.
 */
export function fitTemperature(cases: Cases, certainty = 1): number {
  let low = 1 / LARGEST;
  let high = 1 / SMALLEST;
  if (slopeAt(cases, low, certainty).slope >= 0) return 1 / low;
  if (slopeAt(cases, high, certainty).slope <= 0) return 1 / high;
  let scale = 1;
  for (let step = 0; step < STEPS; step += 1) {
    const { slope, curvature } = slopeAt(cases, scale, certainty);
    if (slope > 0) high = scale;
    else low = scale;
    const newton = scale - slope / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - scale) <= 1e-13 * scale) return 1 / next;
    scale = next;
  }
  return 1 / scale;
}

/**
 * The same where there may be no mistake to learn from: of cases that are all right every smaller temperature is likelier
 * than the one before, and the fit ends at its bound, claiming certainty. Then each case counts as right a little less than
 * once, by as much as a uniform prior over their number says.
 *
 * @see Platt (1999), Probabilistic outputs for support vector machines, §2.2: targets (N + 1) / (N + 2).
 */
export function fitTemperatureSafely(cases: Cases): number {
  const fitted = fitTemperature(cases);
  const n = cases.truth.length;
  return fitted > SMALLEST * (1 + 1e-9) ? fitted : fitTemperature(cases, (n + 1) / (n + 2));
}

/** First and second derivative, by the factor 1/T, of the summed negative log-likelihood. */
function slopeAt(
  { classes, logits, truth }: Cases,
  scale: number,
  certainty: number,
): { slope: number; curvature: number } {
  const shared = (1 - certainty) / (classes - 1);
  let slope = 0;
  let curvature = 0;
  truth.forEach((right, row) => {
    const start = row * classes;
    let largest = -Infinity;
    for (let index = start; index < start + classes; index += 1)
      largest = Math.max(largest, logits[index] as number);
    let weights = 0;
    let first = 0;
    let second = 0;
    let sum = 0;
    for (let index = start; index < start + classes; index += 1) {
      const value = (logits[index] as number) - largest;
      const weight = Math.exp(scale * value);
      weights += weight;
      first += weight * value;
      second += weight * value * value;
      sum += value;
    }
    const mean = first / weights;
    const own = (logits[start + right] as number) - largest;
    slope += mean - (certainty * own + shared * (sum - own));
    curvature += second / weights - mean * mean;
  });
  return { slope, curvature };
}

/** The same cases with logits divided by `temperature`. */
export const cooled = (cases: Cases, temperature: number): Cases => ({
  ...cases,
  logits: cases.logits.map((logit) => logit / temperature),
});
