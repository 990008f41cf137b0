/** Dot product of two vectors of the same length; their cosine when both have unit length. */
export function dot(a: Float32Array, b: Float32Array): number {
  // Four sums, because each addition waits for the one before it in the same sum.
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let index = 0;
  for (; index + 3 < a.length; index += 4) {
    first += (a[index] as number) * (b[index] as number);
    second += (a[index + 1] as number) * (b[index + 1] as number);
    third += (a[index + 2] as number) * (b[index + 2] as number);
    fourth += (a[index + 3] as number) * (b[index + 3] as number);
  }
  for (; index < a.length; index += 1) first += (a[index] as number) * (b[index] as number);
  return first + second + (third + fourth);
}

/** A copy of unit length, or null for a vector that has no direction (length below 1e-6, NaN, infinite). */
export function normalised(vector: Float32Array): Float32Array | null {
  const length = Math.sqrt(dot(vector, vector));
  if (!(length > 1e-6) || !Number.isFinite(length)) return null;
  return vector.map((value) => value / length);
}

export interface WeightedVector {
  readonly vector: Float32Array;
  readonly weight: number;
}

/**
 * The direction of a weighted sum: normalise(Σ weight · normalise(vector)).
 *
 * The order of the parts does not matter to the last bit: they are added in an order of their own.
 *
 * @param parts - vectors of the same length.
 * @returns null when the parts cancel each other out, or one of them has no direction.
 */
export function combine(parts: readonly WeightedVector[]): Float32Array | null {
  const sum = new Float64Array(parts[0]?.vector.length ?? 0);
  for (const { vector, weight } of parts.toSorted(inFixedOrder)) {
    const unit = normalised(vector);
    if (!unit) return null;
    for (let index = 0; index < sum.length; index += 1)
      sum[index] = (sum[index] as number) + weight * (unit[index] as number);
  }
  const length = Math.hypot(...sum);
  const largest = Math.max(0, ...parts.map(({ weight }) => Math.abs(weight)));
  // Rounding leaves a remainder of about 1e-7 where nothing should be left.
  if (!(length > 1e-5 * largest)) return null;
  return Float32Array.from(sum, (value) => value / length);
}

function inFixedOrder(a: WeightedVector, b: WeightedVector): number {
  if (a.weight !== b.weight) return a.weight - b.weight;
  const first = a.vector.findIndex((value, index) => value !== b.vector[index]);
  return first < 0 ? 0 : (a.vector[first] as number) - (b.vector[first] as number);
}

export interface Quantised {
  readonly values: Int8Array;
  /** A value times this is about what it was made of. */
  readonly scale: number;
}

/**
 * Symmetric int8 quantisation with a scale of the vector's own, which cosine does not feel.
 *
 * @param vector - finite values, not all zero.
 * @param most - the largest magnitude becomes this.
 * @returns as many values in [-most, most].
 */
export function quantise(vector: Float32Array, most = 127): Quantised {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const factor = largest > 0 ? most / largest : 0;
  const values = new Int8Array(vector.length);
  // What is stored in an int8 array loses its fraction: half a step more rounds, and is quicker than Math.round.
  for (let index = 0; index < vector.length; index += 1) {
    const value = (vector[index] as number) * factor;
    values[index] = value + (value < 0 ? -0.5 : 0.5);
  }
  return { values, scale: largest / most };
}
