/** A matrix of numbers, row-major, in double precision. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array<ArrayBuffer>;
}

export const matrixOf = (rows: number, columns: number): Matrix => ({
  rows,
  columns,
  data: new Float64Array(rows * columns),
});

/**
 * value · weightᵀ + bias.
 *
 * @param weight - [out, in] as torch keeps a linear layer's.
 * @param bias - `out` numbers, or null for none.
 */
export function linear(value: Matrix, weight: Float32Array, bias: Float32Array | null): Matrix {
  const { rows, columns } = value;
  const width = weight.length / columns;
  const out = matrixOf(rows, width);
  const panel = new Float64Array(2 * columns);
  for (let column = 0; column < width; column += 2) {
    const last = Math.min(column + 1, width - 1);
    panel.set(weight.subarray(column * columns, (column + 1) * columns));
    panel.set(weight.subarray(last * columns, (last + 1) * columns), columns);
    const added: readonly [number, number] = [bias?.[column] ?? 0, bias?.[last] ?? 0];
    for (let row = 0; row < rows; row += 4) multiplyPanel(value, panel, row, out, column, last, added);
  }
  return out;
}

/** Four rows by two columns at once: as many sums as the processor has registers for. */
function multiplyPanel(
  { data, columns, rows }: Matrix,
  panel: Float64Array,
  row: number,
  out: Matrix,
  column: number,
  last: number,
  [bias0, bias1]: readonly [number, number],
): void {
  const from0 = row * columns;
  const from1 = Math.min(row + 1, rows - 1) * columns;
  const from2 = Math.min(row + 2, rows - 1) * columns;
  const from3 = Math.min(row + 3, rows - 1) * columns;
  let sum00 = bias0;
  let sum01 = bias1;
  let sum10 = bias0;
  let sum11 = bias1;
  let sum20 = bias0;
  let sum21 = bias1;
  let sum30 = bias0;
  let sum31 = bias1;
  for (let index = 0; index < columns; index += 1) {
    const right0 = panel[index] as number;
    const right1 = panel[columns + index] as number;
    const left0 = data[from0 + index] as number;
    const left1 = data[from1 + index] as number;
    const left2 = data[from2 + index] as number;
    const left3 = data[from3 + index] as number;
    sum00 += left0 * right0;
    sum01 += left0 * right1;
    sum10 += left1 * right0;
    sum11 += left1 * right1;
    sum20 += left2 * right0;
    sum21 += left2 * right1;
    sum30 += left3 * right0;
    sum31 += left3 * right1;
  }
  const sums = [sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31];
  for (let below = 0; below < 4 && row + below < rows; below += 1) {
    out.data[(row + below) * out.columns + column] = sums[2 * below] as number;
    out.data[(row + below) * out.columns + last] = sums[2 * below + (last > column ? 1 : 0)] as number;
  }
}

/** Each row to mean 0 and variance 1, then scaled and shifted. */
export function layerNorm(value: Matrix, weight: Float32Array, bias: Float32Array, epsilon: number): Matrix {
  const { rows, columns, data } = value;
  const out = matrixOf(rows, columns);
  for (let row = 0; row < rows; row += 1) {
    const line = data.subarray(row * columns, (row + 1) * columns);
    const mean = line.reduce((sum, item) => sum + item, 0) / columns;
    const variance = line.reduce((sum, item) => sum + (item - mean) ** 2, 0) / columns;
    const scale = 1 / Math.sqrt(variance + epsilon);
    line.forEach((item, column) => {
      out.data[row * columns + column] = (item - mean) * scale * (weight[column] ?? 0) + (bias[column] ?? 0);
    });
  }
  return out;
}

export function add(left: Matrix, right: Matrix): Matrix {
  return { ...left, data: left.data.map((item, index) => item + (right.data[index] ?? 0)) };
}

/** erf by the series that has no cancellation; from 6 on it is 1 in double precision. @see DLMF 7.6.2 */
function erf(value: number): number {
  if (Math.abs(value) > 6) return Math.sign(value);
  const square = 2 * value * value;
  let term = value;
  let sum = value;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= square / odd;
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-value * value) * sum;
}

/** GELU with the error function, as timm and BERT use it. */
export const gelu = (value: number): number => 0.5 * value * (1 + erf(value * Math.SQRT1_2));

/** OpenAI's approximation of GELU. */
export const quickGelu = (value: number): number => value / (1 + Math.exp(-1.702 * value));

/**
 * Multi-head attention over rows of joined q, k, v.
 *
 * @param qkv - [t, 3w]
 * @param reads - whether the token of the first index may look at that of the second.
 * @returns [t, w], heads side by side, before the output matrix.
 */
export function attend(qkv: Matrix, heads: number, reads: (from: number, to: number) => boolean): Matrix {
  const { rows, columns, data } = qkv;
  const width = columns / 3;
  const headWidth = width / heads;
  const out = matrixOf(rows, width);
  const weights = new Float64Array(rows);
  for (let head = 0; head < heads; head += 1) {
    for (let from = 0; from < rows; from += 1) {
      const query = from * columns + head * headWidth;
      let total = 0;
      for (let to = 0; to < rows; to += 1) {
        const key = to * columns + width + head * headWidth;
        let score = 0;
        for (let index = 0; index < headWidth; index += 1) {
          score += (data[query + index] as number) * (data[key + index] as number);
        }
        weights[to] = reads(from, to) ? score / Math.sqrt(headWidth) : -Infinity;
      }
      const largest = weights.reduce((most, score) => Math.max(most, score), -Infinity);
      for (let to = 0; to < rows; to += 1) total += weights[to] = Math.exp((weights[to] as number) - largest);
      const target = from * width + head * headWidth;
      for (let to = 0; to < rows; to += 1) {
        const value = to * columns + 2 * width + head * headWidth;
        const share = (weights[to] as number) / total;
        for (let index = 0; index < headWidth; index += 1) {
          out.data[target + index] =
            (out.data[target + index] as number) + share * (data[value + index] as number);
        }
      }
    }
  }
  return out;
}
