import type { DicomStack } from '../../../preload/contract/dicom.ts';
import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Item, ItemDetail } from '../../../preload/contract/items.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';
import { PanZoom } from '../../ui/pan-zoom.svelte.ts';
import { frameCache, type FrameCache, type LoadedFrame, type Place } from './frame-cache.ts';
import type { ShownWindow } from './grey-window.ts';
import { sameWindow, windowsOf, type WindowChoice } from './windows.ts';

export type Shown =
  | { readonly is: 'loading' }
  | { readonly is: 'ready'; readonly loaded: LoadedFrame; readonly place: Place }
  | { readonly is: 'refused'; readonly error: ArchiveError };

/** What the model was fed of the place on screen, and whether that is what is on screen. */
export interface ModelInput {
  readonly picture: Output<'item.picture'>;
  /** Frame of the region, from 0. */
  readonly frame: number;
  readonly windowName: string | null;
}

const AHEAD = 3;
const CINE_MS = 1000 / 15;

/** A DICOM item, large: its stack, the frame on screen, its window, zoom and place. */
export class DicomViewer {
  #client: Client;
  #cache: FrameCache;
  #opened = $state.raw<Item | null>(null);
  #stack = $state.raw<DicomStack | null>(null);
  #detail = $state.raw<ItemDetail | null>(null);
  #described = $state(false);
  #index = $state(0);
  #shown = $state.raw<Shown>({ is: 'loading' });
  #input = $state.raw<ModelInput | null>(null);
  /** Null: as the model sees it, frame by frame. */
  #chosen = $state.raw<ShownWindow | null>(null);
  #flipped = $state(false);
  /** Where the picture lies on its stage. */
  readonly view = new PanZoom(0.25);
  #cine = $state<ReturnType<typeof setInterval> | null>(null);

  constructor(client: Client, mediaBase: string) {
    this.#client = client;
    this.#cache = frameCache(client, mediaBase);
  }

  get item(): Item | null {
    return this.#opened;
  }
  get stack(): DicomStack | null {
    return this.#stack;
  }
  /** Of the file on screen. */
  get detail(): ItemDetail | null {
    return this.#detail;
  }
  /** True when what the model was fed of the place on screen has been looked up. */
  get described(): boolean {
    return this.#described;
  }
  get index(): number {
    return this.#index;
  }
  get places(): number {
    return this.#stack?.places.length ?? 1;
  }
  get shown(): Shown {
    return this.#shown;
  }
  get input(): ModelInput | null {
    return this.#input;
  }
  get flipped(): boolean {
    return this.#flipped;
  }
  get playing(): boolean {
    return this.#cine !== null;
  }
  /** Windows to choose from, by the keys 1 to 5. */
  get choices(): readonly WindowChoice[] {
    return this.#shown.is === 'ready' ? windowsOf(this.#shown.loaded.frame) : [];
  }
  /** The window on screen; null for colour. */
  get window(): ShownWindow | null {
    if (this.#shown.is !== 'ready' || this.#shown.loaded.frame.is !== 'grey') return null;
    return this.#chosen ?? this.#shown.loaded.frame.window;
  }

  /** Whether the screen shows what the model was fed, and if not, why. */
  get match(): 'matches' | 'window' | 'inverted' | 'frame' | 'unknown' {
    if (this.#shown.is !== 'ready' || !this.#input) return 'unknown';
    const { loaded, place } = this.#shown;
    if (place.frame !== this.#input.frame) return 'frame';
    if (this.#flipped) return 'inverted';
    if (loaded.frame.is !== 'grey' || !this.window) return 'matches';
    const fed = loaded.frame.windows.find(({ name }) => name === this.#input?.windowName);
    return sameWindow(this.window, fed ?? loaded.frame.window) ? 'matches' : 'window';
  }

  open(item: Item): void {
    this.#opened = item;
    this.#stack = null;
    this.#chosen = null;
    this.#flipped = false;
    this.#detail = null;
    this.#input = null;
    this.#described = false;
    this.#shown = { is: 'loading' };
    this.view.fit();
    void this.#start(item);
  }

  close(): void {
    this.stop();
    this.#opened = null;
  }

  to(index: number): void {
    const next = Math.max(0, Math.min(this.places - 1, index));
    if (next === this.#index) return;
    this.#index = next;
    void this.#load();
  }

  async toSeries(by: number): Promise<void> {
    const stack = this.#stack;
    if (!stack) return;
    const at = stack.series.findIndex(({ seriesKey }) => seriesKey === stack.seriesKey);
    const next = stack.series[at + by];
    if (next) await this.openSeries(next.itemId);
  }

  async openSeries(itemId: Item['itemId']): Promise<void> {
    this.open(await this.#client('item.get', { itemId }));
  }

  choose(window: ShownWindow | null): void {
    this.#chosen = window;
  }

  /** Moves the window by a drag: right is wider, down is brighter, as viewers do it. */
  dragWindow(dx: number, dy: number): void {
    const { window } = this;
    if (!window || window.shape === 'lut') return;
    const step = Math.max(window.width, 8) / 256;
    const width = Math.max(window.shape === 'linear' ? 1 : step / 16, window.width + dx * step);
    this.#chosen = { ...window, name: 'custom', width, center: window.center - dy * step };
  }

  invert(): void {
    this.#flipped = !this.#flipped;
  }

  play(): void {
    if (this.#cine !== null || this.places < 2) return;
    this.#cine = setInterval(() => {
      // Slower than it should be rather than skipping what is not there yet.
      if (this.#shown.is === 'loading') return;
      this.#index = (this.#index + 1) % this.places;
      void this.#load();
    }, CINE_MS);
  }

  stop(): void {
    if (this.#cine !== null) clearInterval(this.#cine);
    this.#cine = null;
    void this.#describe();
  }

  reset(): void {
    this.view.fit();
    this.#chosen = null;
    this.#flipped = false;
  }

  async #start(item: Item): Promise<void> {
    try {
      const stack = await this.#client('dicom.stack', { itemId: item.itemId });
      if (this.#opened !== item) return;
      this.#stack = stack;
      const found = stack.places.findIndex(({ itemId }) => itemId === item.itemId);
      // A file of several frames opens in its middle, where there is most to see.
      this.#index = item.frames > 1 ? stack.places.length >> 1 : Math.max(0, found);
      await this.#load();
    } catch (thrown) {
      if (this.#opened === item) this.#shown = { is: 'refused', error: refusal(thrown) };
    }
  }

  async #load(): Promise<void> {
    const [stack, index] = [this.#stack, this.#index];
    const place = stack?.places[index];
    if (!stack || !place) return;
    if (!this.#cache.has(place) && this.#shown.is !== 'ready') this.#shown = { is: 'loading' };
    const current = () => this.#stack === stack && this.#index === index;
    try {
      const loaded = await this.#cache.get(place);
      if (!current()) return;
      this.#shown = { is: 'ready', loaded, place };
      for (let step = 1; step <= AHEAD; step++)
        for (const near of [stack.places[index + step], stack.places[index - step]])
          if (near) this.#cache.get(near).catch(() => undefined);
      if (!this.playing) await this.#describe();
    } catch (thrown) {
      if (current()) this.#shown = { is: 'refused', error: refusal(thrown) };
    }
  }

  /** The facts of the file on screen and what the model was fed of it. */
  async #describe(): Promise<void> {
    const shown = this.#shown;
    if (shown.is !== 'ready') return;
    const { itemId, frame } = shown.place;
    const detail =
      this.#detail?.itemId === itemId
        ? this.#detail
        : await this.#client('item.get', { itemId }).catch(() => null);
    if (this.#shown !== shown || !detail) return;
    this.#detail = detail;
    const distance = (region: ItemDetail['regions'][number]) => Math.abs(region.frame - frame);
    const [region] = detail.regions.toSorted((a, b) => distance(a) - distance(b));
    this.#described = true;
    if (!region) {
      this.#input = null;
      return;
    }
    const { windowName } = region;
    const preset =
      shown.loaded.frame.is === 'grey' && shown.loaded.frame.windows.some(({ name }) => name === windowName);
    const window =
      windowName !== null && preset && !windowName.startsWith('file') ? { window: windowName } : {};
    const asked = { itemId, as: 'model-view' as const, frame: region.frame, ...window };
    const picture = await this.#client('item.picture', asked).catch(() => null);
    if (this.#shown === shown) this.#input = picture && { picture, frame: region.frame, windowName };
  }
}
