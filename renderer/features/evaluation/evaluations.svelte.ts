import type {
  EvaluationComparison,
  OpenedEvaluation,
  StoredEvaluation,
} from '../../../preload/contract/evaluations.ts';
import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Job } from '../../../preload/contract/jobs.ts';
import type { Input } from '../../../preload/contract/methods.ts';
import { faultError, refusal, type Client } from '../../client/client.ts';
import type { Jobs } from '../../client/jobs.svelte.ts';
import { textOf } from '../../client/read-file.ts';

/** What is being measured by a call; a stress set is a job. */
export interface Measuring {
  readonly words: string;
  readonly since: number;
}

/** Evaluations of search that were kept, one that is open, and one that is being made. */
export class Evaluations {
  #client: Client;
  #jobs: Jobs;
  #list = $state.raw<readonly StoredEvaluation[] | null>(null);
  #opened = $state.raw<OpenedEvaluation | null>(null);
  #comparison = $state.raw<EvaluationComparison | null>(null);
  #measuring = $state.raw<Measuring | null>(null);
  #error = $state.raw<ArchiveError | null>(null);
  #abort: AbortController | undefined;
  #wanted = 0;

  constructor(client: Client, jobs: Jobs) {
    this.#client = client;
    this.#jobs = jobs;
  }

  /** Newest first; null before they are known. */
  get list(): readonly StoredEvaluation[] | null {
    return this.#list;
  }
  get opened(): OpenedEvaluation | null {
    return this.#opened;
  }
  get comparison(): EvaluationComparison | null {
    return this.#comparison;
  }
  get measuring(): Measuring | null {
    return this.#measuring;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  /** The stress set under way, also one that another window started. */
  get job(): Job | undefined {
    return this.#jobs.active.find(({ kind }) => kind === 'stress');
  }
  get busy(): boolean {
    return this.#measuring !== null || this.job !== undefined;
  }

  async refresh(): Promise<void> {
    await this.#guard(async () => {
      this.#list = (await this.#client('evaluation.list', {})).evaluations;
    });
  }

  /** Shows one; null shows none. */
  async open(evaluationId: number | null): Promise<void> {
    this.#wanted = evaluationId ?? 0;
    this.#comparison = null;
    if (evaluationId === null) this.#opened = null;
    if (evaluationId === null || this.#opened?.evaluationId === evaluationId) return;
    await this.#guard(async () => {
      const opened = await this.#client('evaluation.get', { evaluationId });
      if (this.#wanted === evaluationId) this.#opened = opened;
    });
  }

  /** What differs between the open one, as the later, and another; null ends the comparison. */
  async compareWith(before: number | null): Promise<void> {
    this.#comparison = null;
    const after = this.#opened?.evaluationId;
    if (before === null || after === undefined) return;
    await this.#guard(async () => {
      const found = await this.#client('evaluation.compare', { before, after });
      if (this.#opened?.evaluationId === after) this.#comparison = found;
    });
  }

  /** @returns the number of what was kept; null when it was stopped or refused. */
  measureCaptions(request: Input<'evaluation.captions'>): Promise<number | null> {
    return this.#measure('Asking with every caption', async (signal) => {
      return (await this.#client('evaluation.captions', request, signal)).evaluationId;
    });
  }

  measureTruth(file: File): Promise<number | null> {
    const name = file.name.slice(0, 120);
    return this.#measure(`Asking with every row of ${name}`, async (signal) => {
      const text = await textOf(file);
      return (await this.#client('evaluation.truth', { text, name }, signal)).evaluationId;
    });
  }

  /** Waits for the job; it goes on when the screen is left. */
  async stress(request: Input<'evaluation.stress'>, table: File | null = null): Promise<number | null> {
    let evaluationId: number | null = null;
    await this.#guard(async () => {
      const truth = table && { truth: await textOf(table), name: table.name.slice(0, 120) };
      const { jobId } = await this.#client('evaluation.stress', { ...request, ...truth });
      const job = await this.#jobs.ended(jobId);
      if (job.fault) throw faultError(job.fault);
      evaluationId = job.evaluationId;
      this.#list = (await this.#client('evaluation.list', {})).evaluations;
    });
    return evaluationId;
  }

  /** Ends what is being measured; nothing of it is kept. */
  async stop(): Promise<void> {
    this.#abort?.abort();
    const { job } = this;
    if (job) await this.#guard(() => this.#jobs.cancel(job.jobId));
  }

  async pause(job: Job): Promise<void> {
    await this.#guard(() =>
      job.state === 'paused' ? this.#jobs.resume(job.jobId) : this.#jobs.pause(job.jobId),
    );
  }

  /** Takes one away; the archive's undo brings it back. @throws ArchiveError what the core answers */
  async remove(evaluationId: number): Promise<void> {
    await this.#client('evaluation.remove', { evaluationId });
    if (this.#opened?.evaluationId === evaluationId) await this.open(null);
    this.#list = this.#list?.filter((one) => one.evaluationId !== evaluationId) ?? null;
  }

  /** Another archive: nothing of the old one is shown. */
  clear(): void {
    this.#abort?.abort();
    this.#list = null;
    this.#opened = null;
    this.#comparison = null;
    this.#error = null;
  }

  async #measure(words: string, work: (signal: AbortSignal) => Promise<number>): Promise<number | null> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.#measuring = { words, since: Date.now() };
    let evaluationId: number | null = null;
    await this.#guard(async () => {
      evaluationId = await work(abort.signal);
      this.#list = (await this.#client('evaluation.list', {})).evaluations;
    });
    if (this.#abort === abort) this.#measuring = null;
    return evaluationId;
  }

  async #guard(action: () => Promise<void>): Promise<void> {
    try {
      await action();
      this.#error = null;
    } catch (thrown) {
      const error = refusal(thrown);
      // Whoever stopped it knows.
      this.#error = error.code === 'request.cancelled' ? null : error;
    }
  }
}
