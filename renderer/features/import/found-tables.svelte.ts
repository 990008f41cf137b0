import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import type { FoundTable } from '../../../preload/contract/tables.ts';
import { refusal, type Client } from '../../client/client.ts';

/** The tables beside the pictures, and which of them are to be joined: all, unless one is switched off. */
export class FoundTables {
  #found = $state.raw<Output<'table.find'> | null>(null);
  #error = $state.raw<ArchiveError | null>(null);
  /** Paths. */
  #off = $state.raw<readonly string[]>([]);

  constructor(client: Client, folder: string, signal: AbortSignal) {
    void this.#look(client, folder, signal);
  }

  /** Null while it looks. */
  get all(): readonly FoundTable[] | null {
    return this.#found?.tables ?? null;
  }
  /** Tables beyond those that were looked into. */
  get more(): number {
    return this.#found ? this.#found.total - this.#found.tables.length : 0;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  /** Paths that are not joined. */
  get off(): readonly string[] {
    return this.#off;
  }

  isOn({ path }: FoundTable): boolean {
    return !this.#off.includes(path);
  }

  toggle({ path }: FoundTable): void {
    this.#off = this.#off.includes(path) ? this.#off.filter((one) => one !== path) : [...this.#off, path];
  }

  async #look(client: Client, folder: string, signal: AbortSignal): Promise<void> {
    try {
      this.#found = await client('table.find', { folders: [folder] }, signal);
    } catch (thrown) {
      if (!signal.aborted) this.#error = refusal(thrown);
    }
  }
}
