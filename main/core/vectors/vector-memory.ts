import { wishForHugePages } from './huge-pages.ts';
import {
  MOST_ROWS,
  PAGE_BYTES,
  SCRATCH_BYTES,
  type SegmentPlaces,
  type SharedMemory,
  sharedMemory,
} from './kernel/scan-kernel.ts';

/**
 * Rows of a segment. At 512 dimensions it is 8 MiB: enough for most of it to lie in large pages, and few enough rows for
 * threads to have equal shares. What one scan of it gives stays in the processor's cache.
 */
export const SEGMENT_ROWS = MOST_ROWS;

/** Room for `SEGMENT_ROWS` rows: two planes of half bytes, see `kernel/scan-kernel.ts`, and three numbers for each row. */
export interface Segment {
  readonly memory: SharedMemory;
  /** Where the plane of the upper halves begins; that of the lower ones follows, then the columns. */
  readonly at: number;
}

export interface SegmentViews {
  readonly high: Uint8Array<SharedArrayBuffer>;
  readonly low: Uint8Array<SharedArrayBuffer>;
  /** A value times this is about what it was made of. */
  readonly scales: Float32Array<SharedArrayBuffer>;
  /** See `boundOf`. */
  readonly middles: Float32Array<SharedArrayBuffer>;
  readonly spreads: Float32Array<SharedArrayBuffer>;
}

/** Bytes of a row in one plane: a half byte for each value, in groups of 32. */
export const planeBytes = (dimensions: number): number => 16 * Math.ceil(dimensions / 32);
const segmentBytes = (dimensions: number): number => SEGMENT_ROWS * (2 * planeBytes(dimensions) + 3 * 4);

/** Where the rows from `first` on lie. */
export function placesOf({ at }: Segment, dimensions: number, first = 0): SegmentPlaces {
  const bytes = planeBytes(dimensions);
  const plane = SEGMENT_ROWS * bytes;
  const high = at + first * bytes;
  const scales = at + 2 * plane + 4 * first;
  const column = 4 * SEGMENT_ROWS;
  return { high, low: high + plane, scales, middles: scales + column, spreads: scales + 2 * column, bytes };
}

export function viewsOf(segment: Segment, dimensions: number): SegmentViews {
  const { high, low, scales, middles, spreads, bytes } = placesOf(segment, dimensions);
  const { buffer } = segment.memory;
  const column = (at: number) => new Float32Array(buffer, at, SEGMENT_ROWS);
  return {
    high: new Uint8Array(buffer, high, SEGMENT_ROWS * bytes),
    low: new Uint8Array(buffer, low, SEGMENT_ROWS * bytes),
    scales: column(scales),
    middles: column(middles),
    spreads: column(spreads),
  };
}

/** WebAssembly reaches four gigabytes; a quarter of that in one piece is enough. */
const MOST_BYTES = 2 ** 30;

/**
 * Hands out segments one after the other. A memory never grows, which would have to be told to every thread; there are
 * more of them instead, each as large as all before it, so that a few reach far and a small archive takes little.
 */
export function segmentSource(dimensions: number): () => Segment {
  const each = segmentBytes(dimensions);
  let memory: SharedMemory | undefined;
  let given = 0;
  let room = 0;
  let used = 0;
  return () => {
    if (!memory || used === room) {
      const most = Math.max(1, Math.floor((MOST_BYTES - SCRATCH_BYTES) / each));
      room = Math.min(Math.max(1, given), most);
      memory = sharedMemory(Math.ceil((SCRATCH_BYTES + room * each) / PAGE_BYTES));
      wishForHugePages(memory.buffer);
      used = 0;
    }
    const at = SCRATCH_BYTES + used * each;
    used += 1;
    given += 1;
    return { memory, at };
  };
}
