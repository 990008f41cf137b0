import { Worker } from 'node:worker_threads';
import { CHUNK } from '../domain/top-scores.ts';
import { quantise } from '../domain/vector.ts';
import type { ResidentMatrix } from './resident-matrix.ts';
import { control, type HelperSetup, NO_MORE, type ScanTarget } from './scan-messages.ts';
import { scanSegment, segmentsOf } from './scan-segment.ts';

export interface ScanResult {
  /** Estimated cosines by row. */
  readonly scores: Float32Array;
  /** The highest of every chunk of rows. */
  readonly maxima: Float32Array;
}

const sharedFloats = (length: number) => new Float32Array(new SharedArrayBuffer(4 * length));

/** Below this many rows, one thread is done before another has woken up. */
const WORTH_SHARING = 40_000;
/** A helper that has not answered by then never will: its share is done here, and so is everything after it. */
const LOST_AFTER_MS = 10_000;

/**
 * Scores of a query with all rows of a matrix, computed by this thread and some helpers.
 *
 * @param helpers - threads beside this one; a scan is limited by memory, so that more than three hardly help.
 */
export function createScanCrew(matrix: ResidentMatrix, helpers: number) {
  const { dimensions } = matrix;
  const shared = {
    control: new Int32Array(new SharedArrayBuffer(4 * control.length)),
    query: new Int8Array(new SharedArrayBuffer(dimensions)),
    queryScale: new Float64Array(new SharedArrayBuffer(8)),
  };
  let workers: Worker[] = [];
  let endings: Promise<void>[] = [];
  let isLost = false;
  let target: ScanTarget = { segments: [], scores: sharedFloats(0), maxima: sharedFloats(0) };

  function start(): void {
    workers = Array.from({ length: helpers }, () => {
      const workerData: HelperSetup = shared;
      const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), { workerData });
      // Told by the leader's patience running out.
      worker.on('error', () => (isLost = true));
      worker.unref();
      return worker;
    });
    endings = workers.map((worker) => new Promise((ended) => worker.once('exit', () => ended())));
  }

  /** Rows come and go without anybody being told: only where the memory is matters. */
  function aim(isNew: boolean): void {
    const rows = matrix.count;
    if (!isNew && target.segments.length === matrix.segments.length && target.scores.length >= rows) return;
    const isRoomy = target.scores.length >= rows;
    const room = Math.ceil(rows * 1.25);
    target = {
      segments: [...matrix.segments],
      scores: isRoomy ? target.scores : sharedFloats(room),
      maxima: isRoomy ? target.maxima : sharedFloats(Math.ceil(room / CHUNK)),
    };
    for (const worker of workers) worker.postMessage(target);
  }

  return {
    /**
     * Estimated cosines by row. They are written over by the next scan.
     *
     * @param query - of unit length.
     * @param meanwhile - work of this thread that takes no part in the scan; helpers have begun by then.
     */
    scan(query: Float32Array, meanwhile: () => void): ScanResult {
      const rows = matrix.count;
      const { values, scale } = quantise(query);
      const isShared = helpers > 0 && !isLost && rows >= WORTH_SHARING;
      const isFirst = isShared && workers.length === 0;
      if (isFirst) start();
      aim(isFirst);
      const used = segmentsOf(rows);
      if (isShared) {
        shared.query.set(values);
        shared.queryScale[0] = scale;
        Atomics.store(shared.control, control.rows, rows);
        Atomics.store(shared.control, control.done, 0);
        // From here on segments are taken, perhaps by a helper that still wakes up from the last scan.
        Atomics.store(shared.control, control.left, used);
        Atomics.add(shared.control, control.job, 1);
        Atomics.notify(shared.control, control.job);
        meanwhile();
        for (let at = takeNext(); at >= 0; at = takeNext()) {
          scanSegment(target, values, scale, rows, at);
          Atomics.add(shared.control, control.done, 1);
        }
        if (waitForAll(used)) return result(rows);
        loseHelpers();
      }
      for (let at = 0; at < used; at += 1) scanSegment(target, values, scale, rows, at);
      return result(rows);
    },
    /** Ends the helpers, which do it by themselves: terminated while usearch loads, one would end the process. */
    async close(): Promise<void> {
      Atomics.store(shared.control, control.rows, NO_MORE);
      Atomics.add(shared.control, control.job, 1);
      Atomics.notify(shared.control, control.job);
      workers = [];
      await Promise.all(endings);
    },
  };

  function result(rows: number): ScanResult {
    return {
      scores: target.scores.subarray(0, rows),
      maxima: target.maxima.subarray(0, Math.ceil(rows / CHUNK)),
    };
  }

  /** A segment that no other thread has taken, or a negative number. One that is held up delays an answer by one segment at most. */
  function takeNext(): number {
    return Atomics.sub(shared.control, control.left, 1) - 1;
  }

  function waitForAll(segments: number): boolean {
    for (;;) {
      const done = Atomics.load(shared.control, control.done);
      if (done >= segments) return true;
      if (Atomics.wait(shared.control, control.done, done, LOST_AFTER_MS) === 'timed-out') return false;
    }
  }

  /** Whatever they still write goes where nobody reads. */
  function loseHelpers(): void {
    isLost = true;
    const { length } = target.scores;
    target = { ...target, scores: sharedFloats(length), maxima: sharedFloats(target.maxima.length) };
  }
}
export type ScanCrew = ReturnType<typeof createScanCrew>;
