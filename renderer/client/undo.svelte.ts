import type { UndoState } from '../../preload/contract/undo.ts';
import { refusal, type Client } from './client.ts';

const nothing: UndoState = { undo: null, redo: null };

/** What can be taken back and done again in the open archive. The core keeps the steps; they outlive this window. */
export class UndoSteps {
  #client: Client;
  #state = $state.raw<UndoState>(nothing);

  constructor(client: Client) {
    this.#client = client;
  }

  /** What would be taken back next. */
  get last(): string | undefined {
    return this.#state.undo ?? undefined;
  }

  /** What would be done again next. */
  get next(): string | undefined {
    return this.#state.redo ?? undefined;
  }

  /** After something was done, or another archive was opened. */
  async refresh(): Promise<void> {
    try {
      this.#state = await this.#client('undo.state', {});
    } catch (thrown) {
      // Without an archive there is nothing to take back.
      refusal(thrown);
      this.#state = nothing;
    }
  }

  /**
   * Takes the last step back, or does again what was undone last; its name, null where there is none.
   *
   * @throws ArchiveError `undo.other` where the step that is meant is not that one
   */
  async move(way: 'undo' | 'redo', meant?: string): Promise<string | null> {
    const { name, ...state } = await this.#client(`undo.${way}`, meant === undefined ? {} : { meant });
    this.#state = state;
    return name;
  }
}
