import type { Calibration, Method, ProbeReport } from '../../../preload/contract/calibrations.ts';
import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import type { PanelInput } from '../../../preload/contract/panels.ts';
import { refusal, type Client } from '../../client/client.ts';

/** How far the probabilities of a panel can be trusted, and what makes them better. */
export class Calibrations {
  #client: Client;
  #failed: (error: ArchiveError | null) => void;
  #state = $state.raw<Output<'calibration.list'> | null>(null);
  #probes = $state.raw<readonly ProbeReport[]>([]);
  #busy = $state<'calibrating' | 'probing' | null>(null);
  #scorer = $state<Calibration['scorer']>('words');
  method = $state<Method>('temperature');

  constructor(client: Client, failed: (error: ArchiveError | null) => void) {
    this.#client = client;
    this.#failed = failed;
  }

  get state() {
    return this.#state;
  }
  /** Of what is looked at, words or probe: the one that counts, else the latest, stale one. */
  get shown(): Calibration | undefined {
    const all = (this.#state?.calibrations ?? []).filter(({ scorer }) => scorer === this.scorer);
    return all.find(({ stale }) => stale === null) ?? all[0];
  }
  /** Of the words, which is what a run uses unless it is told otherwise. */
  get ofWords(): Calibration | undefined {
    const all = (this.#state?.calibrations ?? []).filter(({ scorer }) => scorer === 'words');
    return all.find(({ stale }) => stale === null) ?? all[0];
  }
  /** Probabilities of the words, or of the latest probe. */
  get scorer(): Calibration['scorer'] {
    return this.probe ? this.#scorer : 'words';
  }
  set scorer(scorer: Calibration['scorer']) {
    this.#scorer = scorer;
  }
  get probe(): ProbeReport | undefined {
    return this.#probes[0];
  }
  get busy() {
    return this.#busy;
  }

  async load(panel: PanelInput): Promise<void> {
    await this.#attempt(async () => {
      this.#state = await this.#client('calibration.list', { panel });
      this.#probes = (await this.#client('probe.list', { panel: panel.name })).probes;
    });
  }

  async measure(panel: PanelInput, by: string): Promise<void> {
    this.#busy = 'calibrating';
    await this.#attempt(async () => {
      const probeId = this.scorer === 'probe' ? this.probe?.probeId : undefined;
      const which = { panel, method: this.method, by, ...(probeId !== undefined && { probeId }) };
      await this.#client('calibration.fit', which);
      this.#state = await this.#client('calibration.list', { panel });
    });
    this.#busy = null;
  }

  async moveLine(panel: PanelInput, below: number | null): Promise<void> {
    const calibrationId = this.shown?.calibrationId;
    if (calibrationId === undefined) return;
    await this.#attempt(async () => {
      await this.#client('calibration.threshold', { calibrationId, below });
      this.#state = await this.#client('calibration.list', { panel });
    });
  }

  async fitProbe(panel: PanelInput, by: string): Promise<void> {
    this.#busy = 'probing';
    await this.#attempt(async () => {
      const report = await this.#client('probe.fit', { panel, by });
      this.#probes = [report, ...this.#probes];
      this.#state = await this.#client('calibration.list', { panel });
    });
    this.#busy = null;
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
