import { scoreRows } from './pooling.ts';
import { dot, normalised } from './vector.ts';

/** Turns the vectors of a slide's tiles into one of the slide. Replaceable: this is all that the job knows of it. */
export interface Pooling {
  /** Part of what makes slide vectors comparable. */
  readonly name: string;
  /**
   * @param vectors - `count · dimensions` values, each vector of unit length.
   * @returns unit length, or null where the vectors cancel each other out or there are none.
   */
  pool(vectors: Float32Array, dimensions: number): Float32Array | null;
}

/** Every tile counts the same. */
export const meanPooling: Pooling = {
  name: 'mean',
  pool: (vectors, dimensions) => weighted(vectors, dimensions, () => 1),
};

export interface AttentionShape {
  readonly dimensions: number;
  readonly hidden: number;
  /** With a second branch that opens and closes each unit. */
  readonly gated: boolean;
}

/**
 * Weights of an attention head (Ilse, Tomczak, Welling 2018: equation 8 plain, 9 gated), row-major. Its output has no
 * bias here: softmax over the tiles does not feel one.
 */
export interface AttentionWeights {
  readonly hidden: number;
  readonly dimensions: number;
  /** V, `hidden · dimensions`, and its bias, `hidden`. */
  readonly tanh: Float32Array;
  readonly tanhBias: Float32Array;
  /** U and its bias; null where the head is not gated. */
  readonly gate: { readonly weights: Float32Array; readonly bias: Float32Array } | null;
  /** w, `hidden`. */
  readonly out: Float32Array;
}

/**
 * Attention pooling with trained weights: a tile's weight is softmax over tiles of
 * `wᵀ (tanh(V h + b) ⊙ sigmoid(U h + c))`.
 */
export function attentionPooling(name: string, weights: AttentionWeights): Pooling {
  const { hidden, dimensions: expected, tanh, tanhBias, gate, out } = weights;
  return {
    name,
    pool(vectors, dimensions) {
      if (dimensions !== expected)
        throw new RangeError(`attention of ${expected} for vectors of ${dimensions}`);
      const count = vectors.length / dimensions;
      const scores = new Float64Array(count);
      const active = new Float32Array(count);
      const open = new Float32Array(count);
      for (let unit = 0; unit < hidden; unit++) {
        const rowOf = (matrix: Float32Array) => matrix.subarray(unit * dimensions, (unit + 1) * dimensions);
        scoreRows(rowOf(tanh), vectors, active, 0);
        if (gate) scoreRows(rowOf(gate.weights), vectors, open, 0);
        const [bias, gateBias, weight] = [tanhBias[unit] ?? 0, gate?.bias[unit] ?? 0, out[unit] ?? 0];
        for (let index = 0; index < count; index++) {
          const share = gate ? 1 / (1 + Math.exp(-((open[index] as number) + gateBias))) : 1;
          scores[index] =
            (scores[index] as number) + weight * Math.tanh((active[index] as number) + bias) * share;
        }
      }
      const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
      return weighted(vectors, dimensions, (index) => Math.exp((scores[index] as number) - highest));
    },
  };
}

/**
 * Attention without trained weights: tiles count more the further they are from the slide's mean, so that a small
 * lesion is not drowned by the stroma around it. `sharpness` 0 is the mean.
 */
export function contrastPooling(sharpness = 4): Pooling {
  return {
    name: `contrast:${sharpness}`,
    pool(vectors, dimensions) {
      const mean = meanPooling.pool(vectors, dimensions);
      if (!mean) return null;
      return weighted(vectors, dimensions, (index) => {
        const vector = vectors.subarray(index * dimensions, (index + 1) * dimensions);
        return Math.exp(sharpness * (1 - dot(vector, mean)));
      });
    },
  };
}

function weighted(
  vectors: Float32Array,
  dimensions: number,
  weightOf: (index: number) => number,
): Float32Array | null {
  const sum = new Float32Array(dimensions);
  for (let index = 0; index * dimensions < vectors.length; index++) {
    const weight = weightOf(index);
    for (let at = 0; at < dimensions; at++)
      sum[at] = (sum[at] ?? 0) + weight * (vectors[index * dimensions + at] ?? 0);
  }
  return normalised(sum);
}
