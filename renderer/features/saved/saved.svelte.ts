import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import type { SavedComparison, SavedSearch } from '../../../preload/contract/saved.ts';
import { refusal, type Client } from '../../client/client.ts';
import { textOf } from '../../client/read-file.ts';

type News = Output<'saved.news'>['news'][number];

export type Compared =
  | { readonly is: 'nothing' | 'comparing' }
  | { readonly is: 'done'; readonly comparison: SavedComparison }
  | { readonly is: 'failed'; readonly error: ArchiveError };

/** A query that is being given a name. */
export interface Naming {
  readonly rules: Input<'saved.save'>['rules'];
  /** A name to begin with. */
  readonly suggested: string;
}

/** The searches that are kept, the one that is looked at, and what has changed in it since. */
export class SavedSearches {
  #client: Client;
  #abort: AbortController | undefined;
  #list = $state.raw<readonly SavedSearch[] | null>(null);
  #news = $state.raw<readonly News[]>([]);
  #chosen = $state<number | null>(null);
  #results = $state.raw<Output<'saved.get'>['results']>([]);
  #compared = $state.raw<Compared>({ is: 'nothing' });
  #error = $state.raw<ArchiveError | null>(null);
  /** Its dialog is open while there is one. */
  naming = $state.raw<Naming | null>(null);

  constructor(client: Client) {
    this.#client = client;
  }

  /** By name; null before they are known. */
  get list(): readonly SavedSearch[] | null {
    return this.#list;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  get chosen(): SavedSearch | null {
    return this.#list?.find(({ savedId }) => savedId === this.#chosen) ?? null;
  }
  /** Results of the chosen one, newest first. */
  get results(): Output<'saved.get'>['results'] {
    return this.#results;
  }
  get compared(): Compared {
    return this.#compared;
  }
  newsOf(savedId: number): News | undefined {
    return this.#news.find((one) => one.savedId === savedId);
  }
  /** Items that stand out now and did not, in all of them together. */
  get fresh(): number {
    return this.#news.reduce((sum, one) => sum + one.new, 0);
  }

  async refresh(): Promise<void> {
    try {
      const { saved } = await this.#client('saved.list', {});
      this.#list = saved;
      this.#error = null;
      if (!this.chosen) await this.choose(saved[0]?.savedId ?? null);
    } catch (thrown) {
      this.#error = refusal(thrown);
    }
  }

  /** The list, and the chosen one compared anew: the archive may have changed. */
  async open(): Promise<void> {
    const before = this.#chosen;
    await this.refresh();
    if (before !== null && this.#chosen === before) await this.compare();
  }

  /** Asks all of them again; what was asked of the same archive before is known. */
  async refreshNews(): Promise<void> {
    try {
      this.#news = (await this.#client('saved.news', {})).news;
    } catch (thrown) {
      // Without an archive or a model there is nothing new.
      refusal(thrown);
      this.#news = [];
    }
  }

  async choose(savedId: number | null): Promise<void> {
    this.#chosen = savedId;
    this.#results = [];
    await this.compare();
  }

  /** @param resultId - since which of its results; left out: the newest. */
  async compare(resultId?: number): Promise<void> {
    this.#abort?.abort();
    const savedId = this.#chosen;
    if (savedId === null) {
      this.#compared = { is: 'nothing' };
      return;
    }
    const { signal } = (this.#abort = new AbortController());
    this.#compared = { is: 'comparing' };
    try {
      const { results } = await this.#client('saved.get', { savedId }, signal);
      const since = resultId === undefined ? {} : { resultId };
      const comparison = await this.#client('saved.compare', { savedId, ...since }, signal);
      if (signal.aborted) return;
      this.#results = results;
      this.#compared = { is: 'done', comparison };
    } catch (thrown) {
      if (!signal.aborted) this.#compared = { is: 'failed', error: refusal(thrown) };
    }
  }

  /** @throws ArchiveError `saved.exists`, `saved.identifying` */
  async save(name: string, replace: boolean): Promise<SavedSearch | null> {
    if (!this.naming) return null;
    const kept = await this.#client('saved.save', { name, rules: this.naming.rules, replace });
    this.naming = null;
    this.#chosen = kept.savedId;
    await this.#changed();
    return kept;
  }

  async rename(savedId: number, name: string): Promise<void> {
    await this.#client('saved.rename', { savedId, name });
    await this.refresh();
  }

  /** Runs it with the model in use, and keeps what it finds. */
  async freeze(savedId: number): Promise<SavedSearch> {
    const kept = await this.#client('saved.freeze', { savedId });
    await this.#changed();
    await this.compare();
    return kept;
  }

  async remove(savedId: number): Promise<void> {
    const at = this.#list?.findIndex((one) => one.savedId === savedId) ?? -1;
    await this.#client('saved.remove', { savedId });
    const neighbour = this.#list?.[at + 1] ?? this.#list?.[at - 1];
    if (this.#chosen === savedId) this.#chosen = neighbour?.savedId ?? null;
    await this.#changed();
    await this.compare();
  }

  export(savedId: number): Promise<Output<'saved.export'>> {
    return this.#client('saved.export', { savedId });
  }

  /** What another archive exported. @throws ArchiveError `request.invalid` for what is none, `saved.exists` */
  async importFile(file: Blob): Promise<Output<'saved.import'>> {
    const document = parsed(await textOf(file)) as Input<'saved.import'>['document'];
    const found = await this.#client('saved.import', { document });
    this.#chosen = found.saved.savedId;
    await this.open();
    void this.refreshNews();
    return found;
  }

  /** With its pictures ready to be asked with. */
  detail(savedId: number): Promise<Output<'saved.get'>> {
    return this.#client('saved.get', { savedId });
  }

  async #changed(): Promise<void> {
    await this.refresh();
    void this.refreshNews();
  }
}

/** What is no JSON is refused by the core, like JSON of another shape. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
