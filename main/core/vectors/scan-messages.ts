import type { Segment } from './resident-matrix.ts';

/** Places in the control array that the threads of a crew share. */
export const control = {
  /** Rises with every scan; what the helpers sleep on. */
  job: 0,
  /** How many segments of it are finished; what the leader sleeps on. */
  done: 1,
  /** Rows to scan in all; `NO_MORE` asks the helpers to end. */
  rows: 2,
  /** Segments that nobody has taken yet, which are the first ones; below 0 when somebody came too late. */
  left: 3,
  length: 4,
} as const;

/** In the place of rows. */
export const NO_MORE = -1;

/** What a helper scans from now on. */
export interface ScanTarget {
  readonly segments: readonly Segment[];
  /** One per row. */
  readonly scores: Float32Array<SharedArrayBuffer>;
  /** The highest score of every chunk of rows. */
  readonly maxima: Float32Array<SharedArrayBuffer>;
}

export interface HelperSetup {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly query: Int8Array<SharedArrayBuffer>;
  /** As precise as the leader has it: a score does not depend on who computed it. */
  readonly queryScale: Float64Array<SharedArrayBuffer>;
}
