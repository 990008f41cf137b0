import { crc32 } from 'node:zlib';
import { quantise } from '../domain/vector.ts';
import { boundOf, readHalves, writeHalves } from './half-bytes.ts';
import { MOST_VALUE } from './kernel/scan-kernel.ts';
import {
  planeBytes,
  type Segment,
  SEGMENT_ROWS,
  segmentSource,
  type SegmentViews,
  viewsOf,
} from './vector-memory.ts';

const FIRST_ROWS = 4096;

export type MatrixSegment = Segment & SegmentViews;

/**
 * All vectors of one model, a byte for each value, in two halves, see `kernel/scan-kernel.ts`; each with a scale of its
 * own, the region and item that it is of, and a sum by which the vector that it was made of is known again.
 *
 * Rows have no order: the last row moves into the place of one that goes.
 */
export function residentMatrix(dimensions: number) {
  const segments: MatrixSegment[] = [];
  const newSegment = segmentSource(dimensions);
  const bytes = planeBytes(dimensions);
  let count = 0;
  let regionIds = new Int32Array(FIRST_ROWS);
  let itemIds = new Int32Array(FIRST_ROWS);
  let sums = new Uint32Array(FIRST_ROWS);
  /** Row + 1 by region id; 0 where there is none. */
  let rowOf = new Int32Array(FIRST_ROWS);

  function segmentOf(row: number): MatrixSegment {
    const at = Math.floor(row / SEGMENT_ROWS);
    for (let next = segments.length; next <= at; next += 1) {
      const segment = newSegment();
      segments.push({ ...segment, ...viewsOf(segment, dimensions) });
    }
    return segments[at] as MatrixSegment;
  }

  function write(row: number, regionId: number, itemId: number, sum: number): void {
    if (row >= regionIds.length) {
      regionIds = grow(regionIds, row);
      itemIds = grow(itemIds, row);
      sums = grow(sums, row);
    }
    if (regionId >= rowOf.length) rowOf = grow(rowOf, regionId);
    regionIds[row] = regionId;
    itemIds[row] = itemId;
    sums[row] = sum;
    rowOf[regionId] = row + 1;
  }

  return {
    dimensions,
    get count(): number {
      return count;
    },
    /** By row; what lies from `count` on has no meaning. */
    get regionIds(): Int32Array {
      return regionIds;
    },
    get itemIds(): Int32Array {
      return itemIds;
    },
    /** CRC-32 of each vector as float32; 0 where it is not known. */
    get sums(): Uint32Array {
      return sums;
    },
    /** Their memory stays the same; there are only ever more of them. */
    segments: segments as readonly MatrixSegment[],

    /** @param vector - of unit length. */
    put(regionId: number, itemId: number, vector: Float32Array): void {
      const known = (rowOf[regionId] ?? 0) - 1;
      const row = known >= 0 ? known : count++;
      const segment = segmentOf(row);
      const { values, scale } = quantise(vector, MOST_VALUE);
      const { middle, spread } = boundOf(values, scale);
      writeHalves(segment, row % SEGMENT_ROWS, bytes, values);
      segment.scales[row % SEGMENT_ROWS] = scale;
      segment.middles[row % SEGMENT_ROWS] = middle;
      segment.spreads[row % SEGMENT_ROWS] = spread;
      write(row, regionId, itemId, crc32(bytesOf(vector)));
    },

    drop(regionId: number): void {
      const row = (rowOf[regionId] ?? 0) - 1;
      if (row < 0) return;
      const last = --count;
      rowOf[regionId] = 0;
      if (row === last) return;
      const from = segmentOf(last);
      const to = segmentOf(row);
      const start = (last % SEGMENT_ROWS) * bytes;
      const place = (row % SEGMENT_ROWS) * bytes;
      to.high.set(from.high.subarray(start, start + bytes), place);
      to.low.set(from.low.subarray(start, start + bytes), place);
      for (const column of ['scales', 'middles', 'spreads'] as const)
        to[column][row % SEGMENT_ROWS] = from[column][last % SEGMENT_ROWS] as number;
      write(row, regionIds[last] as number, itemIds[last] as number, sums[last] as number);
    },

    /** Row of a region; -1 where it has none. */
    find: (regionId: number): number => (rowOf[regionId] ?? 0) - 1,
    /** The row as it is held, within ±119. */
    valuesAt: (row: number): Int8Array => readHalves(segmentOf(row), row % SEGMENT_ROWS, bytes, dimensions),
    /** About the vector that was put there. */
    vectorAt(row: number): Float32Array {
      const segment = segmentOf(row);
      const scale = segment.scales[row % SEGMENT_ROWS] as number;
      const values = readHalves(segment, row % SEGMENT_ROWS, bytes, dimensions);
      return Float32Array.from(values, (value) => value * scale);
    },

    /** Room for the rows from `SEGMENT_ROWS * at` on, which a file brings; `adopt` then takes them into use. */
    segment: (at: number): MatrixSegment => segmentOf(at * SEGMENT_ROWS),
    /** What the first rows are of, one each. */
    adopt(regions: Int32Array, items: Int32Array, crcs: Uint32Array): void {
      count = regions.length;
      regionIds = regions.slice();
      itemIds = items.slice();
      sums = crcs.slice();
      let largest = 0;
      for (const regionId of regions) largest = Math.max(largest, regionId);
      rowOf = new Int32Array(largest + 1);
      regions.forEach((regionId, row) => (rowOf[regionId] = row + 1));
    },
  };
}
export type ResidentMatrix = ReturnType<typeof residentMatrix>;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

function grow<T extends Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(values: T, atLeast: number): T {
  const Column = values.constructor as new (length: number) => T;
  const larger = new Column(Math.max(2 * values.length, atLeast + 1));
  larger.set(values);
  return larger;
}
