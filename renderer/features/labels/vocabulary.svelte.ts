import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Job } from '../../../preload/contract/jobs.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import type { FoundConcept, Vocabulary } from '../../../preload/contract/vocabularies.ts';
import { faultError, refusal, type Client } from '../../client/client.ts';
import type { Jobs } from '../../client/jobs.svelte.ts';

const SHOWN = 12;

/** Looking terms up in the vocabularies that were brought to this archive. */
export class VocabularyLookup {
  #client: Client;
  #jobs: Jobs;
  #failed: (error: ArchiveError | null) => void;
  #vocabularies = $state.raw<readonly Vocabulary[] | null>(null);
  #files = $state.raw<Output<'vocabulary.files'> | null>(null);
  #found = $state.raw<readonly FoundConcept[] | null>(null);

  constructor(client: Client, jobs: Jobs, failed: (error: ArchiveError | null) => void) {
    this.#client = client;
    this.#jobs = jobs;
    this.#failed = failed;
  }

  /** Null while it is not known. */
  get vocabularies(): readonly Vocabulary[] | null {
    return this.#vocabularies;
  }
  /** Null before anything was looked up. */
  get found(): readonly FoundConcept[] | null {
    return this.#found;
  }

  /** Files that may be brought; null before a folder was chosen. */
  get files(): Output<'vocabulary.files'> | null {
    return this.#files;
  }
  /** The import under way. */
  get job(): Job | undefined {
    return this.#jobs.active.find(({ kind }) => kind === 'vocabulary-import');
  }

  async look(folder: string): Promise<void> {
    await this.#attempt(async () => {
      this.#files = await this.#client('vocabulary.files', { folder });
    });
  }

  forget(): void {
    this.#files = null;
  }

  /** Reads a file; what was there before stays until it is complete. */
  async bring(path: string, system: string | undefined): Promise<void> {
    await this.#attempt(async () => {
      const input = { path, ...(system !== undefined && { system }) };
      const { jobId } = await this.#client('vocabulary.start', input);
      this.#files = null;
      const { fault } = await this.#jobs.ended(jobId);
      if (fault) throw faultError(fault);
      await this.refresh();
    });
  }

  async cancel(): Promise<void> {
    const { job } = this;
    if (job) await this.#attempt(async () => this.#jobs.cancel(job.jobId));
  }

  async remove(vocabularyId: number): Promise<void> {
    await this.#attempt(async () => {
      await this.#client('vocabulary.remove', { vocabularyId });
      await this.refresh();
    });
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
      this.#failed(null);
    } catch (thrown) {
      this.#failed(refusal(thrown));
    }
  }

  async refresh(): Promise<void> {
    try {
      this.#vocabularies = (await this.#client('vocabulary.list', {})).vocabularies;
    } catch (thrown) {
      this.#failed(refusal(thrown));
    }
  }

  clear(): void {
    this.#found = null;
  }

  async find(text: string, signal: AbortSignal): Promise<void> {
    try {
      const { concepts } = await this.#client('vocabulary.find', { text, limit: SHOWN }, signal);
      if (!signal.aborted) this.#found = concepts;
    } catch (thrown) {
      const error = refusal(thrown);
      if (!signal.aborted) this.#failed(error);
    }
  }
}
