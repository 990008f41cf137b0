import type { AbbreviationEntry, AbbreviationList } from '../../../preload/contract/abbreviations.ts';
import type { ArchiveError } from '../../../preload/contract/faults.ts';
import { refusal, type Client } from '../../client/client.ts';
import { textOf } from '../../client/read-file.ts';
import { saveFile } from '../../ui/save-file.ts';

/** The dictionary that writes out abbreviations, as it is shown and changed. */
export class Dictionary {
  #client: Client;
  #changed: () => void;
  #list = $state.raw<AbbreviationList | null>(null);
  #error = $state.raw<ArchiveError | null>(null);
  #isOpen = $state(false);
  /** Words that the shown entries have. */
  sought = $state('');

  constructor(client: Client, changed: () => void) {
    this.#client = client;
    this.#changed = changed;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }
  get version(): string {
    return this.#list?.version ?? '';
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  /** Null while it is read. */
  get shown(): AbbreviationList['abbreviations'] | null {
    const sought = this.sought.trim().toLowerCase();
    if (!this.#list || sought === '') return this.#list?.abbreviations ?? null;
    return this.#list.abbreviations.filter(
      ({ short, meanings }) =>
        short.toLowerCase().startsWith(sought) ||
        meanings.some(({ text }) => text.toLowerCase().includes(sought)),
    );
  }

  open(sought = ''): void {
    this.#isOpen = true;
    this.#error = null;
    this.sought = sought;
    void this.#attempt(() => Promise.resolve());
  }

  close(): void {
    this.#isOpen = false;
  }

  /** @returns whether it was taken. */
  set(entry: AbbreviationEntry): Promise<boolean> {
    return this.#change(() => this.#client('abbreviations.set', { abbreviations: [entry] }));
  }

  remove(short: string): Promise<boolean> {
    return this.#change(() => this.#client('abbreviations.remove', { short }));
  }

  restore(short: string): Promise<boolean> {
    return this.#change(() => this.#client('abbreviations.restore', { short }));
  }

  importFile(file: Blob): Promise<boolean> {
    return this.#change(async () => this.#client('abbreviations.import', { text: await textOf(file) }));
  }

  async exportFile(): Promise<void> {
    await this.#attempt(async () => {
      const { name, text } = await this.#client('abbreviations.export', {});
      saveFile(name, text, 'text/csv');
    });
  }

  async #change(work: () => Promise<unknown>): Promise<boolean> {
    const isDone = await this.#attempt(work);
    if (isDone) this.#changed();
    return isDone;
  }

  async #attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this.#list = await this.#client('abbreviations.list', {});
      this.#error = null;
      return true;
    } catch (thrown) {
      this.#error = refusal(thrown);
      return false;
    }
  }
}
