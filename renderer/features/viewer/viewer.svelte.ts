import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Item } from '../../../preload/contract/items.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';
import { PanZoom } from '../../ui/pan-zoom.svelte.ts';

export type Shown =
  | { readonly is: 'loading' }
  | { readonly is: 'ready'; readonly picture: Output<'item.picture'> }
  | { readonly is: 'refused'; readonly error: ArchiveError };

/** One picture, large: which frame, how far zoomed, where it is held. DICOM and slides have viewers of their own. */
export class Viewer {
  #client: Client;
  #abort: AbortController | undefined;
  #item = $state.raw<Item | null>(null);
  #frame = $state(0);
  #shown = $state.raw<Shown>({ is: 'loading' });
  /** Where the picture lies on its stage. */
  readonly view = new PanZoom(1);

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

  open(item: Item): void {
    this.#item = item;
    this.#frame = 0;
    this.#shown = { is: 'loading' };
    this.view.fit();
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
