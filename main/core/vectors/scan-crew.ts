import { Worker } from 'node:worker_threads';
import { CHUNK } from '../domain/top-scores.ts';
import { quantise } from '../domain/vector.ts';
import { MOST_THREADS } from './kernel/scan-kernel.ts';
import type { ResidentMatrix } from './resident-matrix.ts';
import {
  awaitChange,
  control,
  type HelperSetup,
  NO_MORE,
  PART_ROWS,
  type ScanTarget,
  tasks,
  type Wanted,
} from './scan-messages.ts';
import { listedPartsOf, partScanner, partsOf } from './scan-part.ts';

/** Of one query. Written over by the next scan. */
export interface Scan {
  /** What estimated cosines do not exceed, by row; see `boundOf`. */
  readonly bounds: Float32Array;
  /** The highest of every chunk of rows. */
  readonly maxima: Float32Array;
}

/** Rows whose estimate is high enough, ascending, with their estimates; far above, these may be rough. */
export interface Reached {
  readonly rows: Int32Array;
  readonly estimates: Float32Array;
}

const sharedFloats = (length: number) => new Float32Array(new SharedArrayBuffer(4 * length));
const NOTHING = () => {};
const sharedInts = (length: number) => new Int32Array(new SharedArrayBuffer(4 * length));

/** Below this many rows, one thread is done before another has woken up. */
const WORTH_SHARING = { [tasks.bounds]: 40_000, [tasks.estimates]: 1500, [tasks.reached]: 40_000 };
/** A helper that has not answered by then never will: its share is done here, and so is everything after it. */
const LOST_AFTER_MS = 10_000;

type Task = (typeof tasks)[keyof typeof tasks];

/**
 * Compares a query with rows of a matrix, in this thread and some helpers.
 *
 * @param helpers - threads beside this one, at most three: a scan is limited by memory, so that more hardly help.
 */
export function createScanCrew(matrix: ResidentMatrix, helpers: number) {
  if (helpers >= MOST_THREADS) throw new RangeError(`at most ${MOST_THREADS - 1} helpers`);
  const { dimensions } = matrix;
  const scanner = partScanner(dimensions, 0);
  const shared = {
    dimensions,
    control: sharedInts(control.length),
    query: new Int8Array(new SharedArrayBuffer(dimensions)),
    queryScale: new Float64Array(new SharedArrayBuffer(8)),
    least: new Float64Array(new SharedArrayBuffer(8)),
  };
  let workers: Worker[] = [];
  let endings: Promise<void>[] = [];
  let isLost = false;
  let target = targetOf(0);

  function start(): void {
    workers = Array.from({ length: helpers }, (_, index) => {
      const workerData: HelperSetup = { ...shared, thread: index + 1 };
      const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), { workerData });
      // Told by the leader's patience running out.
      worker.on('error', () => (isLost = true));
      worker.unref();
      worker.postMessage(target);
      return worker;
    });
    endings = workers.map((worker) => new Promise((ended) => worker.once('exit', () => ended())));
  }

  function targetOf(room: number): ScanTarget {
    return {
      segments: matrix.segments.map(({ memory, at }) => ({ memory, at })),
      ...{ bounds: sharedFloats(room), maxima: sharedFloats(Math.ceil(room / CHUNK)) },
      ...{ list: sharedInts(room), estimates: sharedFloats(room), found: sharedInts(partsOf(room)) },
    };
  }

  /** Rows come and go without anybody being told: only where the memory is matters. */
  function aim(): void {
    const { count, segments } = matrix;
    const isRoomy = target.bounds.length >= count;
    if (isRoomy && target.segments.length === segments.length) return;
    const fresh = targetOf(isRoomy ? 0 : Math.ceil(count * 1.25));
    target = isRoomy ? { ...target, segments: fresh.segments } : fresh;
    for (const worker of workers) worker.postMessage(target);
  }

  /** @param rows - of the whole task. */
  function compute(task: Task, wanted: Wanted, rows: number, meanwhile: () => void): void {
    const parts = task === tasks.estimates ? listedPartsOf(rows) : partsOf(rows);
    if (helpers > 0 && !isLost && rows >= WORTH_SHARING[task]) {
      if (workers.length === 0) start();
      shared.query.set(wanted.values);
      shared.queryScale[0] = wanted.scale;
      shared.least[0] = wanted.least;
      Atomics.store(shared.control, control.rows, rows);
      Atomics.store(shared.control, control.task, task);
      Atomics.store(shared.control, control.done, 0);
      // From here on parts are taken, perhaps by a helper that still wakes up from the last task.
      Atomics.store(shared.control, control.left, parts);
      Atomics.add(shared.control, control.job, 1);
      Atomics.notify(shared.control, control.job);
      meanwhile();
      for (let part = takeNext(); part >= 0; part = takeNext()) {
        scanner.work(task, target, wanted, rows, part);
        Atomics.add(shared.control, control.done, 1);
      }
      if (waitForAll(parts)) return;
      loseHelpers();
    }
    for (let part = 0; part < parts; part += 1) scanner.work(task, target, wanted, rows, part);
  }

  /** A part that no other thread has taken, or a negative number. One that is held up delays an answer by one part at most. */
  function takeNext(): number {
    return Atomics.sub(shared.control, control.left, 1) - 1;
  }

  function waitForAll(parts: number): boolean {
    for (;;) {
      const done = Atomics.load(shared.control, control.done);
      if (done >= parts) return true;
      if (!awaitChange(shared.control, control.done, done, LOST_AFTER_MS)) return false;
    }
  }

  /** Whatever they still write goes where nobody reads. */
  function loseHelpers(): void {
    isLost = true;
    const { list } = target;
    target = targetOf(target.bounds.length);
    target.list.set(list);
  }

  return {
    /**
     * Compares with every row.
     *
     * @param vector - of unit length.
     * @param meanwhile - work of this thread that takes no part in the scan; helpers have begun by then.
     */
    scan(vector: Float32Array, meanwhile: () => void): Scan {
      const rows = matrix.count;
      aim();
      compute(tasks.bounds, { ...quantise(vector), least: 0 }, rows, meanwhile);
      return {
        bounds: target.bounds.subarray(0, rows),
        maxima: target.maxima.subarray(0, Math.ceil(rows / CHUNK)),
      };
    },
    /**
     * Estimated cosines of some rows: the product of the query as int8 with each row as it is held. Written over by the
     * next ones.
     *
     * @param vector - of unit length.
     * @param rows - ascending, below the matrix's count.
     */
    estimates(vector: Float32Array, rows: Int32Array): Float32Array {
      aim();
      target.list.set(rows);
      compute(tasks.estimates, { ...quantise(vector), least: 0 }, rows.length, NOTHING);
      return target.estimates.subarray(0, rows.length);
    },
    /**
     * Rows whose estimated cosine is at least `least`: all that the last scan leaves open are estimated.
     *
     * @param vector - of the last scan; the matrix has not changed since.
     */
    reach(vector: Float32Array, least: number): Reached {
      const scanned = matrix.count;
      compute(tasks.reached, { ...quantise(vector), least }, scanned, NOTHING);
      const found = target.found.subarray(0, partsOf(scanned));
      const total = found.reduce((sum, count) => sum + count, 0);
      const [rows, estimates] = [new Int32Array(total), new Float32Array(total)];
      let at = 0;
      found.forEach((count, part) => {
        const from = part * PART_ROWS;
        rows.set(target.list.subarray(from, from + count), at);
        estimates.set(target.estimates.subarray(from, from + count), at);
        at += count;
      });
      return { rows, estimates };
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
}
export type ScanCrew = ReturnType<typeof createScanCrew>;
