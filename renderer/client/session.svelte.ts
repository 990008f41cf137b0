import type { AppInfo } from '../../preload/contract/archive.ts';
import type { Bridge } from '../../preload/contract/bridge.ts';
import type { ArchiveError } from '../../preload/contract/faults.ts';
import { refusal, type Client } from './client.ts';
import { CONNECTION_EVENT, listen } from './events.ts';

/** What the core says about itself: archive, model, device, connection. Kept fresh by its events. */
export class Session {
  #client: Client;
  #info = $state.raw<AppInfo | null>(null);
  #fault = $state.raw<ArchiveError | null>(null);
  #connected = $state(true);

  constructor(client: Client, bridge: Bridge) {
    this.#client = client;
    listen(bridge, 'app.changed', (info) => this.set(info));
    bridge.on(CONNECTION_EVENT, (connected) => {
      this.#connected = connected === true;
      if (this.#connected) void this.refresh();
    });
    void this.refresh();
  }

  /** Null until the core has answered for the first time. */
  get info(): AppInfo | null {
    return this.#info;
  }

  /** Why the core did not tell about itself, when it did not. */
  get fault(): ArchiveError | null {
    return this.#fault;
  }

  get connected(): boolean {
    return this.#connected;
  }

  set(info: AppInfo): void {
    this.#info = info;
    this.#fault = null;
  }

  async refresh(): Promise<void> {
    try {
      this.set(await this.#client('app.info', {}));
    } catch (thrown) {
      this.#fault = refusal(thrown);
    }
  }

  async open(path: string): Promise<void> {
    this.set(await this.#client('archive.open', { path }));
  }

  async create(path: string): Promise<void> {
    this.set(await this.#client('archive.create', { path }));
  }
}
