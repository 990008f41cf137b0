import { Worker } from 'node:worker_threads';

import type { DeviceName, EncoderNotice, TowerName, TowerSetup } from './encoder-messages.ts';
import type { Precision } from './bundle.ts';
import { createWorkerLink, type WorkerLink } from './worker-link.ts';

/** One graph on one device. */
export interface TowerKey {
  readonly tower: TowerName;
  readonly device: DeviceName;
  readonly precision: Precision;
}

export interface TowerPoolOptions {
  /** What all towers of an encoder have in common. */
  readonly common: Pick<TowerSetup, 'folder' | 'manifest' | 'threads' | 'cudaFolder'>;
  readonly onNotice: (key: TowerKey, notice: EncoderNotice) => void;
  readonly log: (message: string, cause: unknown) => void;
}

export interface TowerPool {
  /** The link to a tower; its worker starts at the first call. `batchSize` counts when its worker starts. */
  link(key: TowerKey, batchSize: number): WorkerLink;
  /** Ends the image towers other than this one, after the calls they have. */
  keepImages(kept: TowerKey): Promise<void>;
  /** Ends all towers after their batch, or after the calls they have. */
  close(when?: { readonly afterCalls: boolean }): Promise<void>;
}

const nameOf = ({ tower, device, precision }: TowerKey): string => `${tower} ${device} ${precision}`;

/** The worker threads of an encoder, by what they run. */
export function createTowerPool({ common, onNotice, log }: TowerPoolOptions): TowerPool {
  const links = new Map<string, { readonly link: WorkerLink; rows: number }>();

  function link(key: TowerKey, batchSize: number): WorkerLink {
    const known = links.get(nameOf(key));
    if (known) {
      known.rows = batchSize;
      return known.link;
    }
    const start = () => {
      const workerData: TowerSetup = { ...common, ...key, batchSize: entry.rows };
      return new Worker(new URL('./encoder-worker.ts', import.meta.url), { workerData });
    };
    const made = createWorkerLink({
      tower: key.tower,
      start,
      onNotice: (notice) => onNotice(key, notice),
      log,
    });
    const entry = { link: made, rows: batchSize };
    links.set(nameOf(key), entry);
    return made;
  }

  async function keepImages(kept: TowerKey): Promise<void> {
    const others = [...links].filter(([name]) => name.startsWith('image') && name !== nameOf(kept));
    for (const [name] of others) links.delete(name);
    await Promise.all(others.map(([, { link: other }]) => other.close({ afterCalls: true })));
  }

  async function close(when = { afterCalls: false }): Promise<void> {
    const all = [...links.values()];
    links.clear();
    await Promise.all(all.map((one) => one.link.close(when)));
  }

  return { link, keepImages, close };
}
