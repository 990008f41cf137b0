/**
 * Softmax of cosines with a model's own temperature, stable for any scale.
 *
 * @param scores - cosines, one per label, at least one.
 * @param logitScale - the bundle's, that is exp of the checkpoint's stored logarithm; about 100 for CLIP.
 * @returns probabilities that sum to 1; uncalibrated.
 * @see Radford et al. (2021), Learning transferable visual models from natural language supervision, §3.1.2.
 */
export function softmax(scores: Float32Array, logitScale: number): Float32Array {
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = scores.map((score) => Math.exp((score - largest) * logitScale));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
