import { crc32 } from 'node:zlib';
import { quantise } from '../domain/vector.ts';
import { wishForHugePages } from './huge-pages.ts';

/**
 * Rows of a segment. Each has memory of its own, because the library that scans reads from the beginning of a buffer,
 * and so that growing never copies; its results then also stay in the processor's cache. At 512 dimensions it is 8 MiB:
 * enough for most of it to lie in large pages, and few enough rows for threads to have equal shares.
 */
export const SEGMENT_ROWS = 16_384;
const FIRST_ROWS = 4096;

export interface Segment {
  /** Room for `SEGMENT_ROWS` rows, in shared memory. */
  readonly rows: Int8Array<SharedArrayBuffer>;
  readonly scales: Float32Array<SharedArrayBuffer>;
}

/**
 * All vectors of one model as int8, each with a scale of its own, the region and item that each row is of, and a sum by
 * which the vector that it was made of is known again.
 *
 * Rows have no order: the last row moves into the place of one that goes.
 */
export function residentMatrix(dimensions: number) {
  const segments: Segment[] = [];
  let count = 0;
  let regionIds = new Int32Array(FIRST_ROWS);
  let itemIds = new Int32Array(FIRST_ROWS);
  let sums = new Uint32Array(FIRST_ROWS);
  /** Row + 1 by region id; 0 where there is none. */
  let rowOf = new Int32Array(FIRST_ROWS);

  function newSegment(): Segment {
    const memory = new SharedArrayBuffer(SEGMENT_ROWS * dimensions);
    wishForHugePages(memory);
    return {
      rows: new Int8Array(memory),
      scales: new Float32Array(new SharedArrayBuffer(SEGMENT_ROWS * 4)),
    };
  }

  function segmentOf(row: number): Segment {
    const at = Math.floor(row / SEGMENT_ROWS);
    return (segments[at] ??= newSegment());
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
    segments: segments as readonly Segment[],

    /** @param vector - of unit length. */
    put(regionId: number, itemId: number, vector: Float32Array): void {
      const known = (rowOf[regionId] ?? 0) - 1;
      const row = known >= 0 ? known : count++;
      const { rows, scales } = segmentOf(row);
      const inside = row % SEGMENT_ROWS;
      const { values, scale } = quantise(vector);
      rows.set(values, inside * dimensions);
      scales[inside] = scale;
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
      const start = (last % SEGMENT_ROWS) * dimensions;
      to.rows.set(from.rows.subarray(start, start + dimensions), (row % SEGMENT_ROWS) * dimensions);
      to.scales[row % SEGMENT_ROWS] = from.scales[last % SEGMENT_ROWS] as number;
      write(row, regionIds[last] as number, itemIds[last] as number, sums[last] as number);
    },

    /** Row of a region; -1 where it has none. */
    find: (regionId: number): number => (rowOf[regionId] ?? 0) - 1,
    /** About the vector that was put there. */
    vectorAt(row: number): Float32Array {
      const { rows, scales } = segmentOf(row);
      const start = (row % SEGMENT_ROWS) * dimensions;
      const scale = scales[row % SEGMENT_ROWS] as number;
      return Float32Array.from(rows.subarray(start, start + dimensions), (value) => value * scale);
    },

    /**
     * Copies rows into arrays of their own; see `Segment`.
     *
     * @param wanted - rows below `count`, at most as many as the arrays have room for.
     */
    gather(wanted: Int32Array, rows: Int8Array, scales: Float32Array): void {
      for (let index = 0; index < wanted.length; index += 1) {
        const row = wanted[index] as number;
        const segment = segmentOf(row);
        const start = (row % SEGMENT_ROWS) * dimensions;
        rows.set(segment.rows.subarray(start, start + dimensions), index * dimensions);
        scales[index] = segment.scales[row % SEGMENT_ROWS] as number;
      }
    },

    /** Room for the rows from `SEGMENT_ROWS * at` on, which a file brings; `adopt` then takes them into use. */
    segment: (at: number): Segment => segmentOf(at * SEGMENT_ROWS),
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
