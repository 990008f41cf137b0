/** Scored cases with what a person said of each: what everything here is fitted to and measured on. */
export interface Cases {
  readonly classes: number;
  /** Case after case, one value per class: scores before a softmax. */
  readonly logits: Float64Array;
  /** Index of the right class, one per case. */
  readonly truth: Int32Array;
}

export const countOf = ({ truth }: Pick<Cases, 'truth'>): number => truth.length;

/** The cases at these places, in this order; places may repeat. */
export function pick({ classes, logits, truth }: Cases, places: readonly number[]): Cases {
  const picked = new Float64Array(places.length * classes);
  places.forEach((place, index) =>
    picked.set(logits.subarray(place * classes, (place + 1) * classes), index * classes),
  );
  return { classes, logits: picked, truth: Int32Array.from(places, (place) => truth[place] as number) };
}

/**
 * Softmax of every row, stable for any scale.
 *
 * @param logits - row after row, `classes` values each.
 * @returns as many probabilities; each row sums to 1.
 */
export function softmaxRows(logits: Float64Array, classes: number): Float64Array {
  const result = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    let largest = -Infinity;
    for (let index = start; index < start + classes; index += 1)
      largest = Math.max(largest, logits[index] as number);
    let sum = 0;
    for (let index = start; index < start + classes; index += 1) {
      const weight = Math.exp((logits[index] as number) - largest);
      result[index] = weight;
      sum += weight;
    }
    for (let index = start; index < start + classes; index += 1)
      result[index] = (result[index] as number) / sum;
  }
  return result;
}

/** Mean negative log-likelihood of the right classes under a softmax; `NaN` without cases. */
export function negativeLogLikelihood({ classes, logits, truth }: Cases): number {
  let sum = 0;
  truth.forEach((right, row) => {
    const start = row * classes;
    let largest = -Infinity;
    for (let index = start; index < start + classes; index += 1)
      largest = Math.max(largest, logits[index] as number);
    let weights = 0;
    for (let index = start; index < start + classes; index += 1)
      weights += Math.exp((logits[index] as number) - largest);
    sum += largest + Math.log(weights) - (logits[start + right] as number);
  });
  return sum / truth.length;
}

export interface Decision {
  /** Class with the largest probability; the first of equal ones. */
  readonly chosen: number;
  readonly confidence: number;
}

/** What each row of probabilities decides for. */
export function decisions(probabilities: Float64Array, classes: number): Decision[] {
  const result: Decision[] = [];
  for (let start = 0; start < probabilities.length; start += classes) {
    let chosen = 0;
    for (let index = 1; index < classes; index += 1)
      if ((probabilities[start + index] as number) > (probabilities[start + chosen] as number))
        chosen = index;
    result.push({ chosen, confidence: probabilities[start + chosen] as number });
  }
  return result;
}
