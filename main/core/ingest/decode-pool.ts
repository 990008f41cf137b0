import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { FrameValues } from '../imaging/dicom/frame-values.ts';
import type { Inspection } from '../imaging/inspect.ts';
import type { ReadFile, ReadOutcome } from './decode-read.ts';
import type {
  DecodeTasks,
  DerivedPicture,
  Examined,
  admit,
  derive,
  examine,
  frame,
  inspect,
  openSlideFound,
  read,
  slideCut,
  slideDyes,
  slideMask,
  slideTiles,
  slideView,
  stainPicture,
  stressViews,
  table,
} from './decode-worker.ts';
import { createGate } from './gate.ts';
import type { Outcome } from './outcome.ts';
import type { StainProfile } from '../domain/stain.ts';
import type { TissueMask } from '../domain/tissue.ts';
import type { PreparedTiles } from './prepare-tiles.ts';
import type { StressViews } from './stress-views.ts';
import { type PackedTable, unpackTable } from './sidecar-pack.ts';
import type { Table } from './sidecar-parse.ts';

/** A file that takes longer than this is given up and its thread ended; a slide-sized picture takes seconds. */
const SLOWEST_MS = 60_000;
/** A thread that had nothing to do for so long ends. */
const IDLE_MS = 30_000;
/** When somebody begins to look, other things come first. */
const AWAKE_AFTER_MS = 1000;
/** What still runs when the pool closes is waited for this long. */
const CLOSING_MS = 10_000;

/**
 * Threads that hash, decode and prepare files, so that the core's own thread never waits for pixels and a file
 * that hangs or crashes a codec ends a thread, not the program.
 *
 * @param openSlide - where libopenslide is looked for, asked anew for every task; null: under its usual names.
 */
export function createDecodePool(
  threads = Math.max(1, availableParallelism() - 1),
  openSlide: () => string | null = () => null,
) {
  const pool = new Piscina({
    filename: new URL('./decode-worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    concurrentTasksPerWorker: 1,
    // geotiff's web-worker package looks into it at import and fails where there is none.
    workerData: {},
  });
  const gate = createGate(threads);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  /**
   * A cancelled task that waits never starts; one that runs is told to its caller as cancelled at once and ends by
   * itself: a thread terminated while it loads a native library takes the process with it.
   */
  async function run<T>(name: keyof DecodeTasks, task: unknown, signal?: AbortSignal): Promise<T> {
    const cancelled = AbortSignal.any(signal ? [signal, closing.signal] : [closing.signal]);
    const leave = await gate.enter(cancelled);
    const work = inThread<T>(name, task).finally(() => {
      running.delete(work);
      leave();
    });
    running.add(work);
    return await unlessAborted(work, cancelled);
  }

  async function inThread<T>(name: keyof DecodeTasks, task: unknown): Promise<T> {
    const limit = AbortSignal.timeout(SLOWEST_MS);
    try {
      const outcome = (await pool.run(
        { name, task, openSlide: openSlide() },
        { name: 'perform', signal: limit },
      )) as Outcome<T>;
      if (outcome.ok) return outcome.value;
      throw new ArchiveError(outcome.fault.code, outcome.fault.details);
    } catch (error) {
      if (error instanceof ArchiveError) throw error;
      // The thread ended under the task: out of memory, a crash inside a codec, or the time limit.
      const what = limit.aborted ? `not decoded within ${SLOWEST_MS / 1000} s` : 'the decoder stopped';
      throw new ArchiveError('image.unreadable', { what }, { cause: error });
    }
  }

  /**
   * Keeps one thread from going to sleep: to come up it takes a third of a second, for which somebody would wait who opens
   * a slide.
   *
   * @returns what lets it sleep again.
   */
  function keepAwake(): () => void {
    let isAsked = false;
    const nudge = () => {
      if (isAsked || closing.signal.aborted) return;
      isAsked = true;
      const end = () => (isAsked = false);
      run('nothing', null).then(end, end);
    };
    const first = globalThis.setTimeout(nudge, AWAKE_AFTER_MS).unref();
    const again = setInterval(nudge, IDLE_MS / 2).unref();
    return () => {
      clearTimeout(first);
      clearInterval(again);
    };
  }

  async function close(): Promise<void> {
    closing.abort();
    await Promise.race([Promise.allSettled(running), setTimeout(CLOSING_MS, null, { ref: false })]);
    await pool.destroy();
  }

  return {
    threads,
    examine: (task: Parameters<typeof examine>[0], signal?: AbortSignal) =>
      run<Examined>('examine', task, signal),
    read: (task: Parameters<typeof read>[0], signal?: AbortSignal) => run<ReadFile>('read', task, signal),
    admit: (task: Parameters<typeof admit>[0], signal?: AbortSignal) =>
      run<ReadOutcome>('admit', task, signal),
    derive: (task: Parameters<typeof derive>[0], signal?: AbortSignal) =>
      run<DerivedPicture>('derive', task, signal),
    inspect: (task: Parameters<typeof inspect>[0], signal?: AbortSignal) =>
      run<Inspection>('inspect', task, signal),
    frame: (task: Parameters<typeof frame>[0], signal?: AbortSignal) =>
      run<FrameValues>('frame', task, signal),
    slideMask: (task: Parameters<typeof slideMask>[0], signal?: AbortSignal) =>
      run<TissueMask>('slideMask', task, signal),
    slideTiles: (task: Parameters<typeof slideTiles>[0], signal?: AbortSignal) =>
      run<PreparedTiles>('slideTiles', task, signal),
    slideDyes: (task: Parameters<typeof slideDyes>[0], signal?: AbortSignal) =>
      run<StainProfile>('slideDyes', task, signal),
    stainPicture: (task: Parameters<typeof stainPicture>[0], signal?: AbortSignal) =>
      run<Uint8Array>('stainPicture', task, signal),
    slideView: (task: Parameters<typeof slideView>[0], signal?: AbortSignal) =>
      run<{ bytes: Uint8Array }>('slideView', task, signal),
    slideCut: (task: Parameters<typeof slideCut>[0], signal?: AbortSignal) =>
      run<Omit<DerivedPicture, 'preparation'>>('slideCut', task, signal),
    stressViews: (task: Parameters<typeof stressViews>[0], signal?: AbortSignal) =>
      run<StressViews>('stressViews', task, signal),
    table: async (task: Parameters<typeof table>[0], signal?: AbortSignal): Promise<Table> =>
      unpackTable(await run<PackedTable>('table', task, signal)),
    openSlideFound: (task: Parameters<typeof openSlideFound>[0], signal?: AbortSignal) =>
      run<{ name: string; version: string } | null>('openSlideFound', task, signal),
    keepAwake,
    close,
  };
}

/** The work's end, or `request.cancelled` as soon as the signal says so. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const stop = () => reject(new ArchiveError('request.cancelled'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  return promise;
}
export type DecodePool = ReturnType<typeof createDecodePool>;
