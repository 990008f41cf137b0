import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Item } from '../../../preload/contract/items.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';

export interface WindowPreset {
  readonly key: string;
  /** As the core knows it. */
  readonly name: string;
  readonly text: string;
}

/** Windows for CT, by the keys 1 to 5. */
export const presets: readonly WindowPreset[] = [
  { key: '1', name: 'lung', text: 'Lung' },
  { key: '2', name: 'soft-tissue', text: 'Soft tissue' },
  { key: '3', name: 'bone', text: 'Bone' },
  { key: '4', name: 'brain', text: 'Brain' },
  { key: '5', name: 'abdomen', text: 'Abdomen' },
];

export type Shown =
  | { readonly is: 'loading' }
  | { readonly is: 'ready'; readonly picture: Output<'item.picture'> }
  | { readonly is: 'refused'; readonly error: ArchiveError };

const MAX_ZOOM = 32;

/** One item, large: which frame and window, how far zoomed, where it is held. */
export class Viewer {
  #client: Client;
  #abort: AbortController | undefined;
  #item = $state.raw<Item | null>(null);
  #frame = $state(0);
  #window = $state<string | null>(null);
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
  /** Name of the preset in use; null for the item's own window, which the model saw too. */
  get window(): string | null {
    return this.#window;
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
  get isCt(): boolean {
    return this.#item?.modality === 'CT';
  }

  open(item: Item): void {
    this.#item = item;
    this.#frame = 0;
    this.#window = null;
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

  setWindow(name: string | null): void {
    if (!this.isCt) return;
    this.#window = name;
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
    const window = this.#window === null ? {} : { window: this.#window };
    try {
      const input = { itemId: item.itemId, as: 'full' as const, frame: this.#frame, ...window };
      const picture = await this.#client('item.picture', input, signal);
      if (!signal.aborted) this.#shown = { is: 'ready', picture };
    } catch (thrown) {
      if (!signal.aborted) this.#shown = { is: 'refused', error: refusal(thrown) };
    }
  }
}
