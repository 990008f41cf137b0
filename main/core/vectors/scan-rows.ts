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
