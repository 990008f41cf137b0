import { dot } from '../../domain/vector.ts';

const aligned = new Map<number, Float32Array>();

/**
 * Cosine of the query to a stored vector.
 *
 * @param query - unit length.
 * @param blob - a stored unit vector of as many float32, little-endian, at any place of its buffer.
 */
export function exactScore(query: Float32Array, blob: Uint8Array): number {
  if (blob.byteOffset % 4 === 0)
    return dot(query, new Float32Array(blob.buffer, blob.byteOffset, query.length));
  // One copy per length that is written over and over: allocating one per row costs more than the product.
  const copy = aligned.get(query.length) ?? new Float32Array(query.length);
  aligned.set(query.length, copy);
  new Uint8Array(copy.buffer).set(blob);
  return dot(query, copy);
}
