import type { Evaluation } from '../../../preload/contract/calibrations.ts';
import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { PanelRun } from '../../../preload/contract/labels.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';

/** Items of a cell that are shown; the number says how many there are. */
const MOST_SHOWN = 60;

/** A cell of a confusion table; of independent labels of the table of one label. */
export interface CellPlace {
  readonly label?: string;
  readonly truth: string;
  readonly said: string;
}

export interface Cell extends CellPlace, Output<'label.cell'> {}

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

  async open(run: PanelRun, place: CellPlace): Promise<void> {
    await this.#attempt(async () => {
      const found = await this.#client('label.cell', { runId: run.runId, ...place, limit: MOST_SHOWN });
      this.#cell = { ...place, ...found };
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
