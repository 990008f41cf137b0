import type { Evaluation } from '../../../preload/contract/calibrations.ts';
import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { PanelRun } from '../../../preload/contract/labels.ts';
import { refusal, type Client } from '../../client/client.ts';

export interface Cell {
  readonly truth: string;
  readonly said: string;
  readonly itemIds: readonly number[];
}

/** What a run was worth against what people decided. */
export class EvaluationState {
  #client: Client;
  #failed: (error: ArchiveError | null) => void;
  #runId: number | null = null;
  #result = $state.raw<Evaluation | null>(null);
  #cell = $state.raw<Cell | null>(null);

  constructor(client: Client, failed: (error: ArchiveError | null) => void) {
    this.#client = client;
    this.#failed = failed;
  }

  get result(): Evaluation | null {
    return this.#result;
  }
  /** The cell that was opened, with its items. */
  get cell(): Cell | null {
    return this.#cell;
  }

  async evaluate(run: PanelRun): Promise<void> {
    this.clear();
    this.#runId = run.runId;
    await this.#attempt(async () => {
      const result = await this.#client('label.evaluate', { runId: run.runId });
      if (this.#runId === run.runId) this.#result = result;
    });
  }

  async open(run: PanelRun, truth: string, said: string): Promise<void> {
    await this.#attempt(async () => {
      const { itemIds } = await this.#client('label.cell', { runId: run.runId, truth, said });
      this.#cell = { truth, said, itemIds };
    });
  }

  clear(): void {
    this.#runId = null;
    this.#result = null;
    this.#cell = null;
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
      this.#failed(null);
    } catch (thrown) {
      this.#failed(refusal(thrown));
    }
  }
}
