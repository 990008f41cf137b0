import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { HistoryEntry } from '../../../preload/contract/history.ts';
import { refusal, type Client } from '../../client/client.ts';

/** Queries that were asked of the archive. */
export class QueryHistory {
  #client: Client;
  #entries = $state.raw<readonly HistoryEntry[] | null>(null);
  #total = $state(0);
  #on = $state(false);
  /** A page's worth at first. */
  #limit = 100;
  #error = $state.raw<ArchiveError | null>(null);

  constructor(client: Client) {
    this.#client = client;
  }

  /** Newest first; null before they are known. */
  get entries(): readonly HistoryEntry[] | null {
    return this.#entries;
  }
  get total(): number {
    return this.#total;
  }
  get on(): boolean {
    return this.#on;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }

  async refresh(): Promise<void> {
    try {
      const { on, entries, total } = await this.#client('history.list', { limit: this.#limit });
      this.#on = on;
      this.#entries = entries;
      this.#total = total;
      this.#error = null;
    } catch (thrown) {
      this.#error = refusal(thrown);
    }
  }

  async showAll(): Promise<void> {
    this.#limit = 500;
    await this.refresh();
  }

  /** Answers how many there were. */
  async clear(): Promise<number> {
    const { removed } = await this.#client('history.clear', {});
    await this.refresh();
    return removed;
  }

  async keep(on: boolean): Promise<void> {
    await this.#client('history.keep', { on });
    await this.refresh();
  }
}
