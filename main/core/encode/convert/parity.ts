import type { Parity, Precision } from '../bundle.ts';
import { runtimeName, type Vectors } from './run-graph.ts';

/** Smallest cosine that a precision may have and be used. */
export const leastCosine: Readonly<Record<Precision, number>> = { fp32: 0.99999, fp16: 0.9999, int8: 0.995 };

export interface Comparison {
  /** Smallest cosine over the rows. */
  readonly cosine: number;
  /** Largest difference of any component. */
  readonly maxAbsDiff: number;
}

/** @param expected - as many rows of unit length as `found`. */
export function compareVectors(found: Vectors, expected: ArrayLike<number>): Comparison {
  const { data, dimensions } = found;
  // NaN loses every comparison, so what is not a number is a cosine of -1, not one that was passed over.
  if (data.length !== expected.length || data.some((value) => !Number.isFinite(value))) {
    return { cosine: -1, maxAbsDiff: 2 };
  }
  let cosine = 1;
  let maxAbsDiff = 0;
  for (let row = 0; row < data.length; row += dimensions) {
    let [dot, foundSquare, expectedSquare] = [0, 0, 0];
    for (let index = row; index < row + dimensions; index += 1) {
      const [left, right] = [data[index] ?? 0, expected[index] ?? 0];
      dot += left * right;
      foundSquare += left * left;
      expectedSquare += right * right;
      maxAbsDiff = Math.max(maxAbsDiff, Math.abs(left - right));
    }
    // A row of zeros has no direction.
    const product = Math.sqrt(foundSquare * expectedSquare);
    cosine = Math.min(cosine, product > 0 ? dot / product : -1);
  }
  return { cosine, maxAbsDiff };
}

export const worse = (one: Comparison, other: Comparison): Comparison => ({
  cosine: Math.min(one.cosine, other.cosine),
  maxAbsDiff: Math.max(one.maxAbsDiff, other.maxAbsDiff),
});

/** Image and text vectors of the probes under one precision. */
export interface ProbeVectors {
  readonly image: Vectors;
  readonly text: Vectors;
}

/**
 * Each text ranks all pictures; how many pairs of pictures stand in the same order as before.
 *
 * @returns a share in [0, 1]
 */
export function rankAgreement(found: ProbeVectors, expected: ProbeVectors): number {
  const [ours, theirs] = [similarities(found), similarities(expected)];
  let [same, all] = [0, 0];
  for (const [text, row] of ours.entries()) {
    for (let left = 0; left < row.length; left += 1) {
      for (let right = 0; right < left; right += 1) {
        const before = (theirs[text]?.[left] ?? 0) - (theirs[text]?.[right] ?? 0);
        const now = (row[left] ?? 0) - (row[right] ?? 0);
        same += Math.sign(before) === Math.sign(now) ? 1 : 0;
        all += 1;
      }
    }
  }
  return all === 0 ? 1 : same / all;
}

function similarities({ image, text }: ProbeVectors): number[][] {
  const rows = ({ data, dimensions }: Vectors) =>
    Array.from({ length: data.length / dimensions }, (_, row) =>
      data.subarray(row * dimensions, (row + 1) * dimensions),
    );
  return rows(text).map((query) =>
    rows(image).map((vector) => vector.reduce((sum, value, index) => sum + value * (query[index] ?? 0), 0)),
  );
}

/** The entry for the manifest; whether it passed follows from the cosines. */
export function parityRecord(
  precision: Precision,
  against: string,
  image: Comparison,
  text: Comparison,
  agreement: number | null,
): Parity {
  return {
    imageCosine: image.cosine,
    textCosine: text.cosine,
    maxAbsDiff: Math.max(image.maxAbsDiff, text.maxAbsDiff),
    rankAgreement: agreement,
    against,
    runtime: runtimeName,
    device: 'cpu',
    at: new Date().toISOString(),
    passed: Math.min(image.cosine, text.cosine) >= leastCosine[precision],
  };
}
