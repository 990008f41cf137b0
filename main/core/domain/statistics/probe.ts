import { softmaxRows } from './cases.ts';
import { minimise } from './minimise.ts';

/** A linear classifier over stored vectors. */
export interface Probe {
  readonly dimensions: number;
  readonly classes: number;
  /** Class after class, `dimensions` values each. */
  readonly weights: Float64Array;
  /** One per class. */
  readonly intercepts: Float64Array;
}

/**
 * Multinomial logistic regression: minimises the summed log losses of the cases + ‖W‖² / 2C, without penalty on the
 * intercepts.
 *
 * @param features - case after case, `dimensions` values each.
 * @param truth - index of the right class of each case.
 * @param strength - C: the larger, the weaker the penalty.
 * @see Radford et al. (2021), appendix A.3: a linear probe on frozen features, by L-BFGS.
 */
export function fitProbe(
  features: Float32Array | Float64Array,
  truth: Int32Array,
  dimensions: number,
  classes: number,
  strength = 1,
): Probe {
  const n = truth.length;
  const size = classes * dimensions;
  const { at } = minimise(
    (point, gradient) => {
      const probe = {
        dimensions,
        classes,
        weights: point.subarray(0, size),
        intercepts: point.subarray(size),
      };
      const logits = probeLogits(probe, features);
      const probabilities = softmaxRows(logits, classes);
      let value = 0;
      for (let index = 0; index < size; index += 1) {
        const weight = point[index] as number;
        value += (weight * weight) / (2 * strength);
        gradient[index] = weight / strength;
      }
      gradient.fill(0, size);
      for (let row = 0; row < n; row += 1) {
        const right = truth[row] as number;
        value -= Math.log(Math.max(probabilities[row * classes + right] as number, Number.MIN_VALUE));
        for (let label = 0; label < classes; label += 1) {
          const error = (probabilities[row * classes + label] as number) - (label === right ? 1 : 0);
          gradient[size + label] = (gradient[size + label] as number) + error;
          const start = label * dimensions;
          for (let index = 0; index < dimensions; index += 1)
            gradient[start + index] =
              (gradient[start + index] as number) + error * (features[row * dimensions + index] as number);
        }
      }
      return value;
    },
    new Float64Array(size + classes),
    { tolerance: 1e-6, steps: 1000 },
  );
  return { dimensions, classes, weights: at.slice(0, size), intercepts: at.slice(size) };
}

/** Logits of each case, row after row. */
export function probeLogits(
  { dimensions, classes, weights, intercepts }: Probe,
  features: Float32Array | Float64Array,
): Float64Array {
  const n = features.length / dimensions;
  const logits = new Float64Array(n * classes);
  for (let row = 0; row < n; row += 1)
    for (let label = 0; label < classes; label += 1) {
      let sum = intercepts[label] as number;
      for (let index = 0; index < dimensions; index += 1)
        sum +=
          (weights[label * dimensions + index] as number) * (features[row * dimensions + index] as number);
      logits[row * classes + label] = sum;
    }
  return logits;
}
