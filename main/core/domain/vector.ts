/** Dot product of two vectors of the same length; their cosine when both have unit length. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

/** A copy of unit length, or null for a vector that has no direction (length below 1e-6, NaN, infinite). */
export function normalised(vector: Float32Array): Float32Array | null {
  const length = Math.sqrt(dot(vector, vector));
  if (!(length > 1e-6) || !Number.isFinite(length)) return null;
  return vector.map((value) => value / length);
}

/**
 * The direction of a weighted sum: normalise(Σ weight · normalise(vector)).
 *
 * @returns null when the parts cancel each other out.
 */
export function combine(
  parts: readonly { readonly vector: Float32Array; readonly weight: number }[],
): Float32Array | null {
  const sum = new Float32Array(parts[0]?.vector.length ?? 0);
  for (const { vector, weight } of parts) {
    const unit = normalised(vector);
    if (!unit) return null;
    for (let index = 0; index < sum.length; index += 1)
      sum[index] = (sum[index] as number) + weight * (unit[index] as number);
  }
  return normalised(sum);
}

/**
 * Symmetric int8 quantisation with a scale of the vector's own, which cosine does not feel.
 *
 * @param vector - finite values, not all zero.
 * @returns as many values in [-127, 127]; the largest magnitude becomes 127.
 */
export function quantise(vector: Float32Array): Int8Array {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const scale = largest > 0 ? 127 / largest : 0;
  return Int8Array.from(vector, (value) => Math.round(value * scale));
}
