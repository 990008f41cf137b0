import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Item } from '../../../preload/contract/items.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';

export type Shown =
  | { readonly is: 'loading' }
  | { readonly is: 'ready'; readonly picture: Output<'item.picture'> }
  | { readonly is: 'refused'; readonly error: ArchiveError };

const MAX_ZOOM = 32;

/** One picture, large: which frame, how far zoomed, where it is held. DICOM and slides have viewers of their own. */
export class Viewer {
  #client: Client;
  #abort: AbortController | undefined;
  #item = $state.raw<Item | null>(null);
  #frame = $state(0);
  #shown = $state.raw<Shown>({ is: 'loading' });
  /** 1 is "fits the stage". */
  #zoom = $state(1);
  #x = $state(0);
  #y = $state(0);

  constructor(client: Client) {
    this.#client = client;
  }

  get item(): Item | null {
    return this.#item;
  }
  get frame(): number {
    return this.#frame;
  }
  get shown(): Shown {
    return this.#shown;
  }
  get zoom(): number {
    return this.#zoom;
  }
  /** Offset from the middle of the stage, px. */
  get offset(): { readonly x: number; readonly y: number } {
    return { x: this.#x, y: this.#y };
  }
  open(item: Item): void {
    this.#item = item;
    this.#frame = 0;
    this.#shown = { is: 'loading' };
    this.fit();
    void this.#load();
  }

  close(): void {
    this.#abort?.abort();
    this.#item = null;
  }

  toFrame(frame: number): void {
    const last = (this.#item?.frames ?? 1) - 1;
    this.#frame = Math.max(0, Math.min(last, frame));
    void this.#load();
  }

  /** Zooms by a factor and keeps the point (px from the stage's middle) where it is. */
  zoomBy(factor: number, x = 0, y = 0): void {
    const zoom = Math.max(1, Math.min(MAX_ZOOM, this.#zoom * factor));
    const ratio = zoom / this.#zoom;
    this.#x = x - (x - this.#x) * ratio;
    this.#y = y - (y - this.#y) * ratio;
    this.#zoom = zoom;
    if (zoom === 1) this.#x = this.#y = 0;
  }

  panBy(x: number, y: number): void {
    this.#x += x;
    this.#y += y;
  }

  fit(): void {
    this.#zoom = 1;
    this.#x = this.#y = 0;
  }

  async #load(): Promise<void> {
    const item = this.#item;
    if (!item) return;
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    try {
      const input = { itemId: item.itemId, as: 'full' as const, frame: this.#frame };
      const picture = await this.#client('item.picture', input, signal);
      if (!signal.aborted) this.#shown = { is: 'ready', picture };
    } catch (thrown) {
      if (!signal.aborted) this.#shown = { is: 'refused', error: refusal(thrown) };
    }
  }
}
