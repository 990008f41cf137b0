import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';

export type Purpose = 'import' | 'model' | 'archive';
type Listing = Output<'folder.list'>;

/** The folder dialog of a browser, which cannot tell paths: it shows folders as the core lists them. */
export class FolderPicker {
  #client: Client;
  #answer: ((path: string | null) => void) | undefined;
  #purpose = $state<Purpose | null>(null);
  #listing = $state.raw<Listing | null>(null);
  #error = $state.raw<ArchiveError | null>(null);

  constructor(client: Client) {
    this.#client = client;
  }

  /** What it asks for; null while it is closed. */
  get purpose(): Purpose | null {
    return this.#purpose;
  }
  get listing(): Listing | null {
    return this.#listing;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }

  /** Opens it; resolves with the folder, or null when it was closed without a choice. */
  choose(purpose: Purpose): Promise<string | null> {
    this.#answer?.(null);
    this.#purpose = purpose;
    void this.go(this.#listing?.path);
    return new Promise((resolve) => (this.#answer = resolve));
  }

  async go(path: string | undefined): Promise<void> {
    try {
      this.#listing = await this.#client('folder.list', path === undefined ? {} : { path });
      this.#error = null;
    } catch (thrown) {
      this.#error = refusal(thrown);
    }
  }

  close(path: string | null): void {
    this.#purpose = null;
    this.#answer?.(path);
    this.#answer = undefined;
  }
}
