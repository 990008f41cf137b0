import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';

export type Purpose = 'import' | 'model' | 'archive' | 'vocabulary';
type Listing = Output<'folder.list'>;

/** The folder dialog of a browser, which cannot tell paths: it shows folders as the core lists them. */
export class FolderPicker {
  #client: Client;
  #answer: ((path: string | null) => void) | undefined;
  #purpose = $state<Purpose | null>(null);
  #listing = $state.raw<Listing | null>(null);
  #error = $state.raw<ArchiveError | null>(null);
  /** What someone wrote over the folder's path; null while it stands there as it is. */
  #typed = $state<string | null>(null);
  #turn = 0;

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

  get typed(): string {
    return this.#typed ?? this.#listing?.path ?? '';
  }
  set typed(text: string) {
    this.#typed = text;
  }

  /** Opens it; resolves with the folder, or null when it was closed without a choice. */
  choose(purpose: Purpose): Promise<string | null> {
    this.#answer?.(null);
    this.#purpose = purpose;
    void this.go(this.#listing?.path);
    return new Promise((resolve) => (this.#answer = resolve));
  }

  /** Lists a folder; the newest call wins, and what is typed meanwhile stays. */
  async go(path: string | undefined): Promise<void> {
    const turn = (this.#turn += 1);
    const before = this.#typed;
    try {
      const listing = await this.#client('folder.list', path === undefined ? {} : { path });
      if (turn !== this.#turn) return;
      this.#listing = listing;
      this.#error = null;
      if (this.#typed === before) this.#typed = null;
    } catch (thrown) {
      if (turn === this.#turn) this.#error = refusal(thrown);
    }
  }

  /** Takes the folder whose path stands in the field, if it is one. */
  async take(): Promise<void> {
    const path = this.typed.trim();
    if (path !== this.#listing?.path) await this.go(path);
    if (this.#error === null && this.#listing) this.close(this.#listing.path);
  }

  close(path: string | null): void {
    this.#purpose = null;
    this.#typed = null;
    this.#answer?.(path);
    this.#answer = undefined;
  }
}
