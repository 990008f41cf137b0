import type { Job, JobState } from '../../../preload/contract/jobs.ts';
import { ArchiveError, faultOf } from '../../../preload/contract/faults.ts';
import { JobId } from '../../../preload/contract/ids.ts';
import { gate } from './flow.ts';
import { jobRows, type JobPlace } from './job-rows.ts';

/** What a job's work may do: report, look at the signal, stand behind the gate. */
export interface JobControl {
  readonly jobId: number;
  readonly signal: AbortSignal;
  /** Puts a sequence behind the pause button. */
  through<T>(source: AsyncIterable<T>): AsyncGenerator<T>;
  /** Sets or adds to a stage; stages appear in the order they are first named. */
  stage(name: string, change: { done?: number; add?: number; total?: number | null }): void;
  /** Work units finished, for the rate and the time left; `total` once it is known. */
  progress(done: number, total: number | null): void;
  counts(counts: Job['counts']): void;
  notice(text: string): void;
  /** What came of it, for whoever waits for the job; kept with its row. */
  result(result: Job['result']): void;
  /** The run that came of it; kept with its row. */
  run(runId: Job['runId']): void;
  /** The evaluation that came of it; kept with its row. */
  evaluation(evaluationId: Job['evaluationId']): void;
}

/** Over how long the rate is taken. */
const WINDOW_MS = 10_000;
const EMIT_EVERY_MS = 100;
const STORE_EVERY_MS = 2_000;
const MOST_NOTICES = 50;

interface Running {
  job: Job;
  readonly abort: AbortController;
  readonly gate: ReturnType<typeof gate>;
  readonly finished: Promise<void>;
  readonly notice: (text: string) => void;
}

/** Runs background work of one archive, keeps its rows, tells about it. Two jobs may run side by side. */
export function createJobs(
  archive: JobPlace,
  emit: (job: Job) => void,
  logDefect: (thrown: unknown) => void,
) {
  const rows = jobRows(archive);
  const running = new Map<number, Running>();
  let closing = false;

  function start(
    kind: Job['kind'],
    title: string,
    request: unknown,
    work: (control: JobControl) => Promise<void>,
  ): number {
    const startedAt = new Date().toISOString();
    const blank = {
      stages: [],
      counts: null,
      ratePerSecond: null,
      secondsLeft: null,
      fault: null,
      notices: [],
      result: null,
      runId: null,
      evaluationId: null,
    };
    const jobId = archive.jobs.start(kind, title, request, blank, startedAt);
    const abort = new AbortController();
    const pause = gate();
    const entry: Running = {
      job: { jobId: JobId.parse(jobId), kind, title, state: 'running', startedAt, endedAt: null, ...blank },
      abort,
      gate: pause,
      // Starts in the next turn, so that the caller has the id before the first event.
      finished: new Promise((resolve) => setImmediate(() => resolve(run()))),
      notice: (text) => tell({ notices: [...entry.job.notices, text].slice(-MOST_NOTICES) }),
    };
    running.set(jobId, entry);
    const tell = teller(entry, emit, rows.write);
    const marks: { at: number; done: number }[] = [];

    const control: JobControl = {
      jobId,
      signal: abort.signal,
      through: (source) => pause.through(source, abort.signal),
      stage(name, { done, add, total }) {
        const old = entry.job.stages.find((stage) => stage.name === name) ?? { name, done: 0, total: null };
        const stage = {
          name,
          done: done ?? old.done + (add ?? 0),
          total: total === undefined ? old.total : total,
        };
        const known = entry.job.stages.some((other) => other.name === name);
        const stages = known
          ? entry.job.stages.map((other) => (other.name === name ? stage : other))
          : [...entry.job.stages, stage];
        tell({ stages });
      },
      progress(done, total) {
        const now = performance.now();
        marks.push({ at: now, done });
        while (marks.length > 2 && now - (marks[0]?.at ?? now) > WINDOW_MS) marks.shift();
        const first = marks[0];
        const seconds = first ? (now - first.at) / 1000 : 0;
        const rate = first && seconds > 0.5 ? (done - first.done) / seconds : null;
        tell({
          ratePerSecond: rate,
          secondsLeft: rate && total !== null ? Math.max(0, total - done) / rate : null,
        });
      },
      counts: (counts) => tell({ counts: counts && { ...counts } }),
      notice: entry.notice,
      result: (result) => tell({ result }),
      run: (runId) => tell({ runId }),
      evaluation: (evaluationId) => tell({ evaluationId }),
    };

    async function run(): Promise<void> {
      let state: JobState = 'done';
      let fault: Job['fault'] = null;
      try {
        await work(control);
        if (abort.signal.aborted) state = closing ? 'interrupted' : 'cancelled';
      } catch (thrown) {
        state = !abort.signal.aborted ? 'failed' : closing ? 'interrupted' : 'cancelled';
        if (state === 'failed') {
          fault = faultOf(thrown);
          if (fault.code === 'internal') logDefect(thrown);
        }
      }
      running.delete(jobId);
      tell({ state, fault, endedAt: new Date().toISOString(), ratePerSecond: null, secondsLeft: null }, true);
    }
    return jobId;
  }

  function setState(
    jobId: number,
    from: readonly JobState[],
    state: JobState,
    then: (entry: Running) => void,
  ): Job {
    const entry = running.get(jobId);
    if (!entry) {
      const job = get(jobId);
      throw new ArchiveError('job.state', { jobId, state: job.state });
    }
    if (!from.includes(entry.job.state))
      throw new ArchiveError('job.state', { jobId, state: entry.job.state });
    entry.job = { ...entry.job, state };
    then(entry);
    rows.write(entry.job);
    emit(entry.job);
    return entry.job;
  }

  function get(jobId: number): Job {
    const live = running.get(jobId);
    if (live) return live.job;
    const job = rows.read(jobId);
    if (!job) throw new ArchiveError('job.unknown', { jobId });
    return job;
  }

  return {
    start,
    get,
    list: (): Job[] => rows.list().map((job) => running.get(job.jobId)?.job ?? job),
    pause: (jobId: number) => setState(jobId, ['running'], 'paused', (entry) => entry.gate.close()),
    resume: (jobId: number) => setState(jobId, ['paused'], 'running', (entry) => entry.gate.open()),
    cancel: (jobId: number) =>
      setState(jobId, ['running', 'paused'], 'stopping', (entry) => {
        entry.abort.abort();
        entry.gate.open();
      }),
    isRunning: (kind: Job['kind']): boolean => [...running.values()].some(({ job }) => job.kind === kind),
    /** Tells all that runs of something that concerns it. */
    noticeAll: (text: string): void => {
      for (const entry of running.values()) entry.notice(text);
    },
    /** Resolves when the job has ended, however it did. */
    finished: async (jobId: number): Promise<Job> => {
      await running.get(jobId)?.finished;
      return get(jobId);
    },
    /** Stops everything and waits until it has stopped. */
    async close(): Promise<void> {
      closing = true;
      const waiting = [...running.values()].map((entry) => {
        entry.abort.abort();
        entry.gate.open();
        return entry.finished;
      });
      await Promise.allSettled(waiting);
    },
  };
}
export type Jobs = ReturnType<typeof createJobs>;

/** Changes the job at once, tells about it at most ten times a second, writes it down every two seconds. */
function teller(entry: Running, emit: (job: Job) => void, store: (job: Job) => void) {
  let emitted = 0;
  let stored = performance.now();
  let later: NodeJS.Timeout | undefined;
  return (change: Partial<Job>, last = false): void => {
    entry.job = { ...entry.job, ...change };
    const now = performance.now();
    if (last || now - stored > STORE_EVERY_MS) {
      stored = now;
      store(entry.job);
    }
    if (last || now - emitted > EMIT_EVERY_MS) {
      clearTimeout(later);
      later = undefined;
      emitted = now;
      emit(entry.job);
    } else
      later ??= setTimeout(() => {
        later = undefined;
        emitted = performance.now();
        emit(entry.job);
      }, EMIT_EVERY_MS).unref();
  };
}
