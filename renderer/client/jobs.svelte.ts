// Maps and sets here are replaced as a whole under $state.raw, never changed in place.
/* eslint-disable svelte/prefer-svelte-reactivity */
import type { Bridge } from '../../preload/contract/bridge.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import { refusal, type Client } from './client.ts';
import { CONNECTION_EVENT, listen } from './events.ts';

const MAX_SAMPLES = 240;
const SAMPLE_EVERY_MS = 1_000;

export interface RateSample {
  readonly at: number;
  /** Files or regions per second, as the core measured it. */
  readonly perSecond: number;
}

/** Background work, newest first, as the core tells it; with the rates seen since this window opened. */
export class Jobs {
  #client: Client;
  #all = $state.raw<readonly Job[]>([]);
  #samples = $state.raw<ReadonlyMap<number, readonly RateSample[]>>(new Map());
  #waiting = new Map<number, ((job: Job) => void)[]>();

  constructor(client: Client, bridge: Bridge) {
    this.#client = client;
    listen(bridge, 'job.changed', (job) => this.#put(job));
    bridge.on(CONNECTION_EVENT, (connected) => void (connected === true && this.refresh()));
    void this.refresh();
  }

  get all(): readonly Job[] {
    return this.#all;
  }

  get active(): readonly Job[] {
    return this.#all.filter((job) => isActive(job));
  }

  samples(jobId: number): readonly RateSample[] {
    return this.#samples.get(jobId) ?? [];
  }

  async refresh(): Promise<void> {
    try {
      const { jobs } = await this.#client('job.list', {});
      this.#all = [...jobs].sort((a, b) => b.jobId - a.jobId);
      for (const job of jobs) this.#tell(job);
    } catch (thrown) {
      // Without an archive there are no jobs, and a lost connection is told by the session.
      refusal(thrown);
      this.#all = [];
    }
  }

  async pause(jobId: Job['jobId']): Promise<void> {
    this.#put(await this.#client('job.pause', { jobId }));
  }

  async resume(jobId: Job['jobId']): Promise<void> {
    this.#put(await this.#client('job.resume', { jobId }));
  }

  async cancel(jobId: Job['jobId']): Promise<void> {
    this.#put(await this.#client('job.cancel', { jobId }));
  }

  /** Resolves with the job when it has ended, however it did. */
  async ended(jobId: Job['jobId']): Promise<Job> {
    const { promise, resolve } = Promise.withResolvers<Job>();
    this.#waiting.set(jobId, [...(this.#waiting.get(jobId) ?? []), resolve]);
    // It may have ended before anybody waited.
    this.#put(await this.#client('job.get', { jobId }));
    return promise;
  }

  #tell(job: Job): void {
    if (job.endedAt === null) return;
    for (const resolve of this.#waiting.get(job.jobId) ?? []) resolve(job);
    this.#waiting.delete(job.jobId);
  }

  #put(job: Job): void {
    const others = this.#all.filter(({ jobId }) => jobId !== job.jobId);
    this.#all = [...others, job].sort((a, b) => b.jobId - a.jobId);
    this.#tell(job);
    if (job.ratePerSecond !== null) this.#sample(job.jobId, job.ratePerSecond);
  }

  #sample(jobId: number, perSecond: number): void {
    const seen = this.samples(jobId);
    const at = Date.now();
    if (at - (seen.at(-1)?.at ?? 0) < SAMPLE_EVERY_MS) return;
    const next = [...seen, { at, perSecond }].slice(-MAX_SAMPLES);
    this.#samples = new Map(this.#samples).set(jobId, next);
  }
}

export function isActive(job: Job): boolean {
  return job.state === 'running' || job.state === 'paused' || job.state === 'stopping';
}

/** Share of the work done, 0 to 1, by the last stage whose total is known; null while nothing is known. */
export function progressOf(job: Job): number | null {
  const stage = job.stages.findLast(({ total }) => total !== null && total > 0);
  return stage?.total ? Math.min(1, stage.done / stage.total) : null;
}
