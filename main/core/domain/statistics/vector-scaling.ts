import { negativeLogLikelihood, softmaxRows, type Cases } from './cases.ts';
import { minimise } from './minimise.ts';
import { fitTemperature } from './temperature.ts';

export interface VectorScaling {
  /** Factor of each class's logit. */
  readonly weights: readonly number[];
  /** Added to each class's logit; their mean is 0, as a constant changes no softmax. */
  readonly biases: readonly number[];
}

/**
 * Weight and bias per class that make the right classes likeliest, with no penalty. It begins at the temperature
 * scaling, and so never ends less likely than that.
 *
 * @see Guo et al. (2017), On calibration of modern neural networks, §4.2.
 */
export function fitVectorScaling(cases: Cases): VectorScaling {
  const { classes, logits, truth } = cases;
  const start = new Float64Array(2 * classes).fill(1 / fitTemperature(cases), 0, classes);
  const { at } = minimise((point, gradient) => {
    const moved = scaled(cases, {
      weights: [...point.subarray(0, classes)],
      biases: [...point.subarray(classes)],
    });
    const probabilities = softmaxRows(moved.logits, classes);
    gradient.fill(0);
    truth.forEach((right, row) => {
      for (let index = 0; index < classes; index += 1) {
        const place = row * classes + index;
        const error = ((probabilities[place] as number) - (index === right ? 1 : 0)) / truth.length;
        gradient[index] = (gradient[index] as number) + error * (logits[place] as number);
        gradient[classes + index] = (gradient[classes + index] as number) + error;
      }
    });
    return negativeLogLikelihood(moved);
  }, start);
  const biases = [...at.subarray(classes)];
  const mean = biases.reduce((sum, bias) => sum + bias, 0) / classes;
  return { weights: [...at.subarray(0, classes)], biases: biases.map((bias) => bias - mean) };
}

/** The same cases with each class's logit multiplied and moved. */
export function scaled(cases: Cases, { weights, biases }: VectorScaling): Cases {
  const { classes } = cases;
  const logits = cases.logits.map(
    (logit, place) => logit * (weights[place % classes] as number) + (biases[place % classes] as number),
  );
  return { ...cases, logits };
}
