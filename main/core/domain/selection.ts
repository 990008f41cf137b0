/**
 * Moves values about until the one that would stand at `place` if they were sorted stands there, with none larger before
 * it and none smaller after it.
 *
 * @param values - at least `place` + 1.
 * @returns that value.
 * @see Hoare (1961), Algorithm 65: Find.
 */
export function select(values: Float32Array | Float64Array, place: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = values[place] as number;
    let low = left;
    let high = right;
    while (low <= high) {
      while ((values[low] as number) < pivot) low += 1;
      while (pivot < (values[high] as number)) high -= 1;
      if (low > high) break;
      const value = values[low] as number;
      values[low] = values[high] as number;
      values[high] = value;
      low += 1;
      high -= 1;
    }
    if (high < place) left = low;
    if (place < low) right = high;
  }
  return values[place] as number;
}
