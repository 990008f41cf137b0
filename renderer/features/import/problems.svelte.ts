import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { JobId } from '../../../preload/contract/ids.ts';
import type { Problem } from '../../../preload/contract/jobs.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';
import { Pages } from '../../client/pages.svelte.ts';

export type ProblemState = Problem['state'];
type ByState = Output<'job.problems'>['byState'];

/** Files of a job that were not imported as they are. */
export class Problems {
  #client: Client;
  #jobId: JobId | undefined;
  #state = $state<ProblemState | null>(null);
  #byState = $state.raw<ByState>([]);
  #error = $state.raw<ArchiveError | null>(null);
  #list = $state.raw<Pages<Problem> | null>(null);

  constructor(client: Client) {
    this.#client = client;
  }

  get state(): ProblemState | null {
    return this.#state;
  }
  get byState(): ByState {
    return this.#byState;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  get list(): Pages<Problem> | null {
    return this.#list;
  }
  get total(): number {
    return this.#byState.reduce((sum, { count }) => sum + count, 0);
  }

  show(jobId: JobId): void {
    if (jobId !== this.#jobId) this.#state = null;
    this.#jobId = jobId;
    void this.#load();
  }

  filter(state: ProblemState | null): void {
    this.#state = state;
    void this.#load();
  }

  async #load(): Promise<void> {
    const [jobId, state] = [this.#jobId, this.#state];
    if (jobId === undefined) return;
    const input = state === null ? { jobId } : { jobId, state };
    const failed = (thrown: unknown) => (this.#error = refusal(thrown));
    const list = new Pages<Problem>(async (offset, limit, signal) => {
      const page = await this.#client('job.problems', { ...input, offset, limit }, signal);
      this.#byState = page.byState;
      this.#error = null;
      return { rows: page.problems, total: page.total };
    }, failed);
    await list.need(0, 1);
    // A later choice may have been answered first.
    if (jobId === this.#jobId && state === this.#state) this.#list = list;
  }
}
