import { type ResidentMatrix, residentMatrix, SEGMENT_ROWS } from './resident-matrix.ts';

interface Copies {
  /** 0 where a place is empty. */
  readonly regionIds: Int32Array;
  readonly rows: Int8Array;
}

/**
 * A matrix of int8 copies whose scales and sums are lost: a vector has unit length, so that its scale follows from the
 * length of its copy; of its sum nothing is known.
 *
 * @param itemOf - item by region id, 0 where a region is gone: its copy is left out.
 */
export function matrixOfCopies(
  dimensions: number,
  blocks: Iterable<Copies>,
  itemOf: Int32Array,
): ResidentMatrix {
  const matrix = residentMatrix(dimensions);
  const regions: number[] = [];
  const items: number[] = [];
  for (const { regionIds, rows } of blocks) {
    for (let at = 0; at < regionIds.length; at += 1) {
      const regionId = regionIds[at] as number;
      const itemId = itemOf[regionId] ?? 0;
      if (regionId === 0 || itemId === 0) continue;
      const row = regions.length;
      const segment = matrix.segment(Math.floor(row / SEGMENT_ROWS));
      const inside = row % SEGMENT_ROWS;
      const squares = copyRow(rows, at * dimensions, segment.rows, inside * dimensions, dimensions);
      segment.scales[inside] = 1 / Math.sqrt(Math.max(1, squares));
      regions.push(regionId);
      items.push(itemId);
    }
  }
  matrix.adopt(Int32Array.from(regions), Int32Array.from(items), new Uint32Array(regions.length));
  return matrix;
}

/** @returns the sum of the squares of what it copied. */
function copyRow(from: Int8Array, start: number, to: Int8Array, at: number, dimensions: number): number {
  let squares = 0;
  for (let index = 0; index < dimensions; index += 1) {
    const value = from[start + index] as number;
    to[at + index] = value;
    squares += value * value;
  }
  return squares;
}
