import type { ScanQuery } from './kernel/scan-kernel.ts';
import type { Segment } from './vector-memory.ts';

/** Places in the control array that the threads of a crew share. */
export const control = {
  /** Rises with every scan; what the helpers sleep on. */
  job: 0,
  /** How many parts of it are finished; what the leader sleeps on. */
  done: 1,
  /** Rows to compare in all; `NO_MORE` asks the helpers to end. */
  rows: 2,
  /** Parts that nobody has taken yet, which are the first ones; below 0 when somebody came too late. */
  left: 3,
  /** What is computed: one of `tasks`. */
  task: 4,
  length: 5,
} as const;

export const tasks = {
  /** Bounds of the first rows. */
  bounds: 0,
  /** Estimates of the rows that are listed. */
  estimates: 1,
  /** Rows whose estimate is at least some number, in place of the list. */
  reached: 2,
} as const;

/** Rows of one part: what it gives stays in the processor's nearest cache, and threads have equal shares. */
export const PART_ROWS = 4096;
/** Listed rows of one part: they lie far apart, so that each takes ten times as long. */
export const PART_LISTED = 512;

/** In the place of rows. */
export const NO_MORE = -1;

/** What a helper scans from now on. */
export interface ScanTarget {
  readonly segments: readonly Segment[];
  /** One per row. */
  readonly bounds: Float32Array<SharedArrayBuffer>;
  /** The highest bound of every chunk of rows. */
  readonly maxima: Float32Array<SharedArrayBuffer>;
  /** Rows, ascending, of which estimates are wanted; or those that were found, each part's from where the part begins. */
  readonly list: Int32Array<SharedArrayBuffer>;
  /** One per row of the list. */
  readonly estimates: Float32Array<SharedArrayBuffer>;
  /** How many rows were found in each part. */
  readonly found: Int32Array<SharedArrayBuffer>;
}

export interface HelperSetup {
  readonly dimensions: number;
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly query: Int8Array<SharedArrayBuffer>;
  /** As precise as the leader has it: a bound does not depend on who computed it. */
  readonly queryScale: Float64Array<SharedArrayBuffer>;
  /** What estimates have to reach. */
  readonly least: Float64Array<SharedArrayBuffer>;
  /** The leader is 0. */
  readonly thread: number;
}

/** What a task is about. */
export interface Wanted extends ScanQuery {
  /** See `tasks.reached`. */
  readonly least: number;
}

export const wantedOf = ({ query, queryScale, least }: HelperSetup): Wanted => ({
  values: query,
  scale: queryScale[0] ?? 0,
  least: least[0] ?? 0,
});

/** To be woken takes up to a tenth of a millisecond, and one query asks for several tasks on each other's heels. */
const LOOKING_MS = 0.3;

/**
 * Waits until a number is another one: looks for a short while, and then sleeps.
 *
 * @returns false when it still was the same after `mostMs`.
 */
export function awaitChange(numbers: Int32Array, at: number, value: number, mostMs = Infinity): boolean {
  for (const until = performance.now() + LOOKING_MS; performance.now() < until;)
    if (Atomics.load(numbers, at) !== value) return true;
  return Atomics.wait(numbers, at, value, mostMs) !== 'timed-out';
}
