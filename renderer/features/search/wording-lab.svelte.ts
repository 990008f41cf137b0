import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { WordingComparison } from '../../../preload/contract/wordings.ts';
import { refusal, type Client } from '../../client/client.ts';

/** How words are put at first; people change them. */
const TEMPLATES = ['{text}', 'a photo of {text}', 'an image showing {text}', '{text} presented in image'];

/** Several wordings of one question, side by side. */
export class WordingLab {
  #client: Client;
  #abort: AbortController | undefined;
  #isOpen = $state(false);
  #isRunning = $state(false);
  #result = $state.raw<WordingComparison | null>(null);
  #error = $state.raw<ArchiveError | null>(null);
  #where: readonly string[] = [];
  /** One wording a line. */
  draft = $state('');

  constructor(client: Client) {
    this.#client = client;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }
  get isRunning(): boolean {
    return this.#isRunning;
  }
  /** Null before the first run. */
  get result(): WordingComparison | null {
    return this.#result;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }

  /** @param where - the filters of the search: they hold for all wordings. */
  open(text: string, where: readonly string[]): void {
    this.draft = TEMPLATES.map((template) => template.replaceAll('{text}', () => text)).join('\n');
    this.#where = where;
    this.#result = null;
    this.#error = null;
    this.#isOpen = true;
    void this.run();
  }

  close(): void {
    this.#abort?.abort();
    this.#isOpen = false;
  }

  async run(): Promise<void> {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    this.#isRunning = true;
    const wordings = this.draft.split('\n').flatMap((line) => line.trim() || []);
    try {
      const input = { wordings, where: [...this.#where] };
      const result = await this.#client('search.wordings', input, signal);
      if (signal.aborted) return;
      this.#result = result;
      this.#error = null;
    } catch (thrown) {
      if (!signal.aborted) this.#error = refusal(thrown);
    } finally {
      if (this.#abort.signal === signal) this.#isRunning = false;
    }
  }
}
