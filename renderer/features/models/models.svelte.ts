import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Device, Model } from '../../../preload/contract/models.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';

type History = Output<'model.history'>['entries'];

/** Which models there are, which one searches, and what they run on. */
export class Models {
  #client: Client;
  #all = $state.raw<readonly Model[] | null>(null);
  #devices = $state.raw<readonly Device[]>([]);
  #override = $state<string | null>(null);
  #history = $state.raw<History>([]);
  #error = $state.raw<ArchiveError | null>(null);
  #probing = $state(false);
  /** Id of the model that something is being done with. */
  #busy = $state<string | null>(null);

  constructor(client: Client) {
    this.#client = client;
  }

  /** Null until they were listed. */
  get all(): readonly Model[] | null {
    return this.#all;
  }
  get devices(): readonly Device[] {
    return this.#devices;
  }
  /** Id of the device a person chose; null when Vitrine chooses. */
  get override(): string | null {
    return this.#override;
  }
  get history(): History {
    return this.#history;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  get busy(): string | null {
    return this.#busy;
  }
  get probing(): boolean {
    return this.#probing;
  }

  async refresh(): Promise<void> {
    try {
      const [{ models }, { entries }] = await Promise.all([
        this.#client('model.list', {}),
        this.#client('model.history', {}),
      ]);
      this.#all = models;
      this.#history = entries;
      this.#error = null;
    } catch (thrown) {
      this.#error = refusal(thrown);
    }
  }

  /** `probe` runs the model on each device, which takes seconds. */
  async refreshDevices(probe = false): Promise<void> {
    this.#probing = probe;
    try {
      this.#takeDevices(await this.#client('device.list', { probe }));
    } catch (thrown) {
      this.#error = refusal(thrown);
    } finally {
      this.#probing = false;
    }
  }

  async chooseDevice(id: string | null): Promise<void> {
    this.#takeDevices(await this.#client('device.choose', { id }));
  }

  /** Compares every file with its checksum; answers how many were read. */
  async verify(id: string): Promise<number> {
    return this.#working(id, async () => (await this.#client('model.verify', { id })).files);
  }

  /** Answers the job that reads the archive again, when one is needed. */
  async activate(id: string): Promise<number | null> {
    return this.#working(id, async () => (await this.#client('model.activate', { id })).jobId);
  }

  async remove(id: string): Promise<void> {
    await this.#working(id, () => this.#client('model.remove', { id }));
  }

  async importFolder(folder: string): Promise<number> {
    return (await this.#client('model.import', { folder })).jobId;
  }

  async #working<T>(id: string, action: () => Promise<T>): Promise<T> {
    this.#busy = id;
    try {
      return await action();
    } finally {
      this.#busy = null;
      await this.refresh();
    }
  }

  #takeDevices({ devices, override }: Output<'device.list'>): void {
    this.#devices = devices;
    this.#override = override;
    this.#error = null;
  }
}
