import { CHUNK } from '../domain/top-scores.ts';
import { exactSearch, MetricKind } from 'usearch';

/**
 * Exact cosines, in float32.
 *
 * @param query - of unit length.
 * @param rows - unit vectors, row after row.
 */
export function scanFloats(query: Float32Array, rows: Float32Array): Float32Array {
  if (rows.length === 0) return new Float32Array(0);
  if (rows.byteOffset !== 0 || query.byteOffset !== 0) throw new RangeError(FROM_THE_BEGINNING);
  const { distances } = exactSearch(query, rows, query.length, 1, MetricKind.IP, 1);
  return distances.map((distance) => 1 - distance);
}

/**
 * Exact cosines of every row with all vectors of a set, in float32, highest first.
 *
 * @returns for each row as many as the set has.
 */
export function scanSorted(set: Float32Array, rows: Float32Array, dimensions: number): Float32Array {
  if (rows.length === 0) return new Float32Array(0);
  if (rows.byteOffset !== 0 || set.byteOffset !== 0) throw new RangeError(FROM_THE_BEGINNING);
  const { distances } = exactSearch(set, rows, dimensions, set.length / dimensions, MetricKind.IP, 1);
  return distances.map((distance) => 1 - distance);
}

const FROM_THE_BEGINNING = 'the library reads from the beginning of a buffer';

/**
 * Estimated cosines of the query to rows: the product of the int8 copies, times the scales that were taken out.
 *
 * The library is made to compare many queries with a data set of one. Asked so, it gives every product without sorting
 * any, which costs no more than asking for the best few.
 *
 * @param rows - row after row, as many values each as the query has.
 * @param scales - one per row.
 * @param scores - where the results go, as many as there are rows.
 * @param maxima - where the highest of every chunk goes; see `chunkMaxima`.
 * @throws RangeError for rows or a query that begin inside their buffer: the library reads from its beginning.
 */
export function scanRows(
  query: Int8Array,
  queryScale: number,
  rows: Int8Array,
  scales: Float32Array,
  scores: Float32Array,
  maxima: Float32Array,
): void {
  if (rows.byteOffset !== 0 || query.byteOffset !== 0) throw new RangeError(FROM_THE_BEGINNING);
  const { distances } = exactSearch(query, rows, query.length, 1, MetricKind.IP, 1);
  // The distance of whole numbers is the negative product, that of fractions 1 minus it.
  for (let from = 0, chunk = 0; from < scores.length; from += CHUNK, chunk += 1) {
    const end = Math.min(from + CHUNK, scores.length);
    let highest = -Infinity;
    for (let row = from; row < end; row += 1) {
      const score = -(distances[row] as number) * (scales[row] as number) * queryScale;
      scores[row] = score;
      // As it was stored: a place whose score equals the maximum must be found again.
      const stored = scores[row] as number;
      if (stored > highest) highest = stored;
    }
    maxima[chunk] = highest;
  }
}
