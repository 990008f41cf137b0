/** fp16 graphs normalise in half precision; anything further off is not a rounding error. */
const TOLERANCE = 0.01;

/**
 * Checks that a graph's output is rows of unit length, and takes out what is left of rounding.
 *
 * @param vectors - `count * dimensions` values, changed in place.
 * @throws Error when a value is not finite or a row's length is not 1.
 */
export function checkUnitRows(vectors: Float32Array, count: number, dimensions: number): Float32Array {
  if (vectors.length !== count * dimensions) {
    throw new Error(`the graph gave ${vectors.length} values for ${count} rows of ${dimensions}`);
  }
  for (let row = 0; row < count; row += 1) {
    const values = vectors.subarray(row * dimensions, (row + 1) * dimensions);
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    // Written so that NaN fails too.
    if (!(Math.abs(length - 1) <= TOLERANCE)) throw new Error(`a vector of length ${length} instead of 1`);
    for (let at = 0; at < dimensions; at += 1) values[at] = (values[at] as number) / length;
  }
  return vectors;
}
