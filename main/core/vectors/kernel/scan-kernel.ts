import { CHUNK } from '../../domain/top-scores.ts';
import { scanModule } from './scan-module.ts';

// Node has it; only the browser's type library declares it.
declare const WebAssembly: {
  readonly Memory: new (wish: { initial: number; maximum: number; shared: true }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: unknown) => { readonly exports: unknown };
};

/** Memory of WebAssembly that several threads have at once. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

export const PAGE_BYTES = 65_536;

/** What a thread gives to the kernel and gets from it lies at the beginning of each memory, in a place of its own. */
export const MOST_THREADS = 4;
/** Rows that one call takes. */
export const MOST_ROWS = 16_384;
/** As many dimensions as a query may have. */
const QUERY_BYTES = 8192;
const SCRATCH = { query: 0, list: QUERY_BYTES, out: QUERY_BYTES + 4 * MOST_ROWS } as const;
const THREAD_BYTES = SCRATCH.out + 4 * (MOST_ROWS + MOST_ROWS / CHUNK);
/** Rounded up to what large pages ask for. */
export const SCRATCH_BYTES = Math.ceil((MOST_THREADS * THREAD_BYTES) / 2 ** 20) * 2 ** 20;

export const sharedMemory = (pages: number): SharedMemory =>
  new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });

/** Values of a row reach this; its bytes are made by adding {@link BYTE_OFFSET}, its halves lie in 0..15. */
export const MOST_VALUE = 119;
/** A value and this is a byte. Its upper half is that of the multiple of 16 that lies nearest to the value, and 8. */
export const BYTE_OFFSET = 136;
/** What the upper halves together stand for, and this: 16 times 8. */
const UPPER_OFFSET = 128;

/** Addresses are offsets in the memory; see `scan.wat`. */
interface Exports {
  bounds(
    high: number,
    middles: number,
    spreads: number,
    bytes: number,
    rows: number,
    query: number,
    factor: number,
    offset: number,
    out: number,
    maxima: number,
  ): void;
  estimates(
    high: number,
    low: number,
    scales: number,
    bytes: number,
    list: number,
    count: number,
    query: number,
    factor: number,
    offset: number,
    out: number,
  ): void;
  split(
    from: number,
    rows: number,
    bytes: number,
    high: number,
    low: number,
    scales: number,
    middles: number,
    spreads: number,
    dimensions: number,
  ): void;
}

/** Where the parts of a segment begin in its memory, and what they are made of. */
export interface SegmentPlaces {
  readonly high: number;
  readonly low: number;
  readonly scales: number;
  readonly middles: number;
  readonly spreads: number;
  /** Of a row in one plane. */
  readonly bytes: number;
}

/** A query as whole numbers: a value times the scale is about what it was made of. */
export interface ScanQuery {
  readonly values: Int8Array;
  readonly scale: number;
}

/**
 * The inner loops of the scan for one memory and one thread. A row is held as bytes, each value and 136, that are split
 * in two planes of half bytes. The plane of the upper halves alone, which is half of all bytes, gives a bound of each
 * product with a query; both together give the product itself.
 *
 * @param thread - below `MOST_THREADS`; no two threads may have the same number at the same time.
 */
export function scanKernel(memory: SharedMemory, thread: number) {
  const { bounds, estimates, split } = instanceOf(memory);
  const at = thread * THREAD_BYTES;
  const query = new Int8Array(memory.buffer, at + SCRATCH.query, QUERY_BYTES);
  const list = new Int32Array(memory.buffer, at + SCRATCH.list, MOST_ROWS);
  const out = new Float32Array(memory.buffer, at + SCRATCH.out, MOST_ROWS + MOST_ROWS / CHUNK);
  /** The list and what comes behind it, where nobody needs them. */
  const staged = new Int8Array(memory.buffer, list.byteOffset, 8 * MOST_ROWS);

  /** @returns the sum of the values. */
  function take({ values }: ScanQuery): number {
    query.set(values);
    query.fill(0, values.length, 32 * Math.ceil(values.length / 32));
    let sum = 0;
    for (let index = 0; index < values.length; index += 1) sum += values[index] as number;
    return sum;
  }

  return {
    /**
     * What the product of the query with each of the first rows does not exceed, and the highest of every `CHUNK` rows.
     * What lies behind the last row has no meaning.
     *
     * @param rows - at most `MOST_ROWS`.
     * @returns views that the next call writes over.
     */
    bounds(from: ScanQuery, { high, middles, spreads, bytes }: SegmentPlaces, rows: number) {
      const offset = -UPPER_OFFSET * take(from) * from.scale;
      const maxima = out.byteOffset + 4 * MOST_ROWS;
      const chunks = Math.ceil(rows / CHUNK);
      const whole = CHUNK * chunks;
      const places = [high, middles, spreads, bytes] as const;
      bounds(...places, whole, query.byteOffset, 16 * from.scale, offset, out.byteOffset, maxima);
      if (rows < whole) out[MOST_ROWS + chunks - 1] = Math.max(...out.subarray(whole - CHUNK, rows));
      return { bounds: out.subarray(0, rows), maxima: out.subarray(MOST_ROWS, MOST_ROWS + chunks) };
    },

    /**
     * Products of the query with some rows.
     *
     * @param rows - at most `MOST_ROWS`, counted from the beginning of the segment.
     * @returns a view that the next call writes over.
     */
    estimates(from: ScanQuery, { high, low, scales, bytes }: SegmentPlaces, rows: ArrayLike<number>) {
      if (rows.length === 0) return out.subarray(0, 0);
      list.set(rows);
      const offset = -BYTE_OFFSET * take(from);
      const places = [high, low, scales, bytes] as const;
      estimates(
        ...places,
        list.byteOffset,
        rows.length,
        query.byteOffset,
        from.scale,
        offset,
        out.byteOffset,
      );
      return out.subarray(0, rows.length);
    },

    /** Rows of values up to 127 that `split` takes in one go. */
    staged,
    /**
     * Writes rows that are staged, 32 · n values each, to a segment; their scales make them unit vectors.
     *
     * @param places - where the first of them goes.
     */
    split(rows: number, places: SegmentPlaces, dimensions: number): void {
      const { high, low, scales, middles, spreads, bytes } = places;
      const columns = [scales, middles, spreads] as const;
      split(staged.byteOffset, rows, bytes, high, low, ...columns, dimensions);
    },
  };
}
export type ScanKernel = ReturnType<typeof scanKernel>;

let compiled: object | null | undefined;

/** Null where vector instructions, or those of them that are used here, are unknown. */
function compile(): object | null {
  try {
    return new WebAssembly.Module(scanModule());
  } catch {
    return null;
  }
}

/** Whether this program can scan at all; without, searches take longer and give the same answers. */
export function canScan(): boolean {
  if (compiled === undefined) compiled = compile();
  return compiled !== null;
}

function instanceOf(memory: SharedMemory): Exports {
  if (!canScan() || !compiled) throw new Error('asked to scan where that is not possible');
  const { exports } = new WebAssembly.Instance(compiled, { vitrine: { memory } });
  return exports as Exports; // What the module exports is written in scan.wat.
}
