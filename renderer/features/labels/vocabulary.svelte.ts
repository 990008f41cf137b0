import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { FoundConcept, Vocabulary } from '../../../preload/contract/vocabularies.ts';
import { refusal, type Client } from '../../client/client.ts';

const SHOWN = 12;

/** Looking terms up in the vocabularies that were brought to this archive. */
export class VocabularyLookup {
  #client: Client;
  #failed: (error: ArchiveError | null) => void;
  #vocabularies = $state.raw<readonly Vocabulary[] | null>(null);
  #found = $state.raw<readonly FoundConcept[] | null>(null);

  constructor(client: Client, failed: (error: ArchiveError | null) => void) {
    this.#client = client;
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
