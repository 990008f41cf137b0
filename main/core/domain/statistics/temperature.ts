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
 * @returns T within [e⁻⁴, e⁴].
 * @see Guo et al. (2017), On calibration of modern neural networks, §4.2.
 */
export function fitTemperature(cases: Cases): number {
  let low = 1 / LARGEST;
  let high = 1 / SMALLEST;
  if (slopeAt(cases, low).slope >= 0) return 1 / low;
  if (slopeAt(cases, high).slope <= 0) return 1 / high;
  let scale = 1;
  for (let step = 0; step < STEPS; step += 1) {
    const { slope, curvature } = slopeAt(cases, scale);
    if (slope > 0) high = scale;
    else low = scale;
    const newton = scale - slope / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - scale) <= 1e-13 * scale) return 1 / next;
    scale = next;
  }
  return 1 / scale;
}

/** First and second derivative, by the factor 1/T, of the summed negative log-likelihood. */
function slopeAt({ classes, logits, truth }: Cases, scale: number): { slope: number; curvature: number } {
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
    for (let index = start; index < start + classes; index += 1) {
      const value = (logits[index] as number) - largest;
      const weight = Math.exp(scale * value);
      weights += weight;
      first += weight * value;
      second += weight * value * value;
    }
    const mean = first / weights;
    slope += mean - ((logits[start + right] as number) - largest);
    curvature += second / weights - mean * mean;
  });
  return { slope, curvature };
}

/** The same cases with logits divided by `temperature`. */
export const cooled = (cases: Cases, temperature: number): Cases => ({
  ...cases,
  logits: cases.logits.map((logit) => logit / temperature),
});
