/**
 * One score per label from the scores of an item's regions: the mean of each label's `top` best ones.
 *
 * @param scores - cosines, region after region, `labels` values each; at least one region.
 * @param top - how many of a label's best regions count; more than there are means all, so `Infinity` is the mean.
 * @see Lu et al. (2023), Visual language pretrained multiple instance zero-shot transfer for histopathology images
 *   (MI-Zero), §3.2: top-K pooling, K in {1, 5, 10, 50, 100}; Lu et al. (2024), CONCH.
 */
export function poolRegions(scores: Float32Array, labels: number, top: number): Float32Array {
  const regions = scores.length / labels;
  if (regions === 1) return scores.slice();
  const kept = Math.min(top, regions);
  return Float32Array.from({ length: labels }, (_, label) => {
    const column = new Float32Array(regions);
    for (let region = 0; region < regions; region += 1)
      column[region] = scores[region * labels + label] as number;
    column.sort();
    let sum = 0;
    for (let index = regions - kept; index < regions; index += 1) sum += column[index] as number;
    return sum / kept;
  });
}

/**
 * Cosines of unit vectors: one vector against the rows of a matrix.
 *
 * @param rows - row after row, each as long as `vector`.
 * @param into - receives one value per row from `at` on.
 */
export function scoreRows(vector: Float32Array, rows: Float32Array, into: Float32Array, at: number): void {
  const dimensions = vector.length;
  const count = rows.length / dimensions;
  let row = 0;
  // Four rows at a time: the vector is read once for them, and no sum waits for another.
  for (; row + 3 < count; row += 4) {
    const first = row * dimensions;
    const second = first + dimensions;
    const third = second + dimensions;
    const fourth = third + dimensions;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let index = 0; index < dimensions; index += 1) {
      const value = vector[index] as number;
      a += value * (rows[first + index] as number);
      b += value * (rows[second + index] as number);
      c += value * (rows[third + index] as number);
      d += value * (rows[fourth + index] as number);
    }
    into[at + row] = a;
    into[at + row + 1] = b;
    into[at + row + 2] = c;
    into[at + row + 3] = d;
  }
  for (; row < count; row += 1) {
    const start = row * dimensions;
    let sum = 0;
    for (let index = 0; index < dimensions; index += 1)
      sum += (vector[index] as number) * (rows[start + index] as number);
    into[at + row] = sum;
  }
}
