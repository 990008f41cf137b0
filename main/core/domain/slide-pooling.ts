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

/** Weights of a gated attention head (Ilse, Tomczak, Welling 2018, equation 9), row-major. */
export interface AttentionWeights {
  readonly hidden: number;
  readonly dimensions: number;
  /** `hidden · dimensions` each. */
  readonly tanh: Float32Array;
  readonly gate: Float32Array;
  /** `hidden`. */
  readonly out: Float32Array;
}

/**
 * Gated attention pooling with trained weights: a tile's weight is softmax over tiles of
 * `outᵀ (tanh(V h) ⊙ sigmoid(U h))`.
 */
export function attentionPooling(name: string, weights: AttentionWeights): Pooling {
  const { hidden, dimensions: expected, tanh, gate, out } = weights;
  return {
    name: `attention:${name}`,
    pool(vectors, dimensions) {
      if (dimensions !== expected)
        throw new RangeError(`attention of ${expected} for vectors of ${dimensions}`);
      const count = vectors.length / dimensions;
      const scores = Float64Array.from({ length: count }, (_, index) => {
        const vector = vectors.subarray(index * dimensions, (index + 1) * dimensions);
        let score = 0;
        for (let unit = 0; unit < hidden; unit++) {
          const row = unit * dimensions;
          const open = 1 / (1 + Math.exp(-dot(gate.subarray(row, row + dimensions), vector)));
          score += (out[unit] ?? 0) * Math.tanh(dot(tanh.subarray(row, row + dimensions), vector)) * open;
        }
        return score;
      });
      const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
      return weighted(vectors, dimensions, (index) => Math.exp((scores[index] ?? 0) - highest));
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
