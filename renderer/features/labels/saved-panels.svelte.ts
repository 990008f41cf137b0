import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import type { PanelChange, PanelInput, PanelVersion } from '../../../preload/contract/panels.ts';
import { refusal, type Client } from '../../client/client.ts';
import { textOf } from '../../client/read-file.ts';

type Library = Output<'panel.library'>['panels'];
export type Words = Output<'panel.words'>;
export type Wordings = Output<'panel.wordings'>;

/** Items that a prompt lab looks at, of the filter in use. */
const LAB_ITEMS = 200;

/** Panels that are kept in versions, panels to begin with, and what the model makes of words. */
export class SavedPanels {
  #client: Client;
  #failed: (error: ArchiveError | null) => void;
  #panels = $state.raw<Output<'panel.list'>['panels']>([]);
  #library = $state.raw<Library>([]);
  #words = $state.raw<Words | null>(null);
  #wordings = $state.raw<Wordings | null>(null);
  #changes = $state.raw<readonly PanelChange[] | null>(null);

  constructor(client: Client, failed: (error: ArchiveError | null) => void) {
    this.#client = client;
    this.#failed = failed;
  }

  get panels() {
    return this.#panels;
  }
  get library(): Library {
    return this.#library;
  }
  get words(): Words | null {
    return this.#words;
  }
  get wordings(): Wordings | null {
    return this.#wordings;
  }
  /** Against the latest saved version; null while that is not asked. */
  get changes(): readonly PanelChange[] | null {
    return this.#changes;
  }

  /** Of the panel of this name, the newest first. */
  versionsOf(name: string): readonly PanelVersion[] {
    const wanted = name.trim().toLowerCase();
    return this.#panels.find((panel) => panel.name.toLowerCase() === wanted)?.versions ?? [];
  }

  async refresh(): Promise<void> {
    this.#panels = (await this.#client('panel.list', {})).panels;
    if (this.#library.length === 0) this.#library = (await this.#client('panel.library', {})).panels;
  }

  /** Answers the version, or null when it was refused. */
  async save(panel: PanelInput, by: string): Promise<(PanelVersion & { added: boolean }) | null> {
    return await this.#attempt(async () => {
      const version = await this.#client('panel.save', { panel, by });
      this.#changes = null;
      await this.refresh();
      return version;
    });
  }

  async compare(from: PanelInput, to: PanelInput): Promise<void> {
    await this.#attempt(async () => {
      this.#changes = (await this.#client('panel.compare', { from, to })).changes;
    });
  }

  closeChanges(): void {
    this.#changes = null;
  }

  async tellApart(panel: PanelInput, signal: AbortSignal): Promise<void> {
    try {
      this.#words = await this.#client('panel.words', { panel }, signal);
    } catch (thrown) {
      // Half-written panels and a missing model are no news here: the editor says what is missing.
      refusal(thrown);
      if (!signal.aborted) this.#words = null;
    }
  }

  /** What each wording does on the first items of the filter. */
  async tryWordings(panel: PanelInput, where: readonly string[]): Promise<void> {
    await this.#attempt(async () => {
      const { items } = await this.#client('items.list', { where: [...where], limit: LAB_ITEMS });
      const itemIds = items.map(({ itemId }) => itemId);
      this.#wordings = await this.#client('panel.wordings', { panel, itemIds });
    });
  }

  /** A panel from a file of one; named like the file where it says no name. */
  async read(file: File): Promise<PanelInput | null> {
    const name = file.name.replace(/\.[^.]*$/, '').slice(0, 120);
    return await this.#attempt(async () => {
      const text = await textOf(file);
      return (await this.#client('panel.import', { text, name })).panel;
    });
  }

  async write(panel: PanelInput, as: 'json' | 'csv'): Promise<Output<'panel.export'> | null> {
    return await this.#attempt(async () => await this.#client('panel.export', { panel, as }));
  }

  async #attempt<T>(action: () => Promise<T>): Promise<T | null> {
    try {
      const value = await action();
      this.#failed(null);
      return value;
    } catch (thrown) {
      this.#failed(refusal(thrown));
      return null;
    }
  }
}
