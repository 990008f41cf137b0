import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Item } from '../../../preload/contract/items.ts';
import type { Heat, SlideDetail, TileHit } from '../../../preload/contract/slides.ts';
import { refusal, type Client } from '../../client/client.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export type HeatState =
  | { readonly is: 'none' }
  | { readonly is: 'busy' }
  | { readonly is: 'shown'; readonly heat: Heat }
  | { readonly is: 'refused'; readonly error: ArchiveError };

export interface Spot extends Rectangle {
  readonly score: number;
  readonly lift: number;
}

export type Found =
  | { readonly is: 'none' }
  | { readonly is: 'busy' }
  | { readonly is: 'shown'; readonly hits: readonly TileHit[]; readonly regionId: number }
  | { readonly is: 'refused'; readonly error: ArchiveError };

const FIRST_ABOVE = 2;

/** One slide: what it says of itself, the phrase that lights it up, the drawn rectangle and what was found by it. */
export class SlideViewer {
  #client: Client;
  #abort: AbortController | undefined;
  item = $state.raw<Item | null>(null);
  detail = $state.raw<SlideDetail | null>(null);
  error = $state.raw<ArchiveError | null>(null);
  phrase = $state('');
  minus = $state('');
  heat = $state.raw<HeatState>({ is: 'none' });
  showHeat = $state(true);
  showMask = $state(false);
  mask = $state.raw<string | null>(null);
  opacity = $state(0.7);
  /** Spreads above the background from which tiles are drawn. */
  above = $state(FIRST_ABOVE);
  stretch = $state(false);
  /** Index into the hotspots; -1 before the first jump. */
  spot = $state(-1);
  drawing = $state(false);
  rectangle = $state.raw<Rectangle | null>(null);
  found = $state.raw<Found>({ is: 'none' });
  /** Where the stage is to go next; a new object each time. */
  target = $state.raw<Rectangle | null>(null);

  constructor(client: Client) {
    this.#client = client;
  }

  get spots(): readonly Spot[] {
    if (this.heat.is !== 'shown') return [];
    const { heat } = this.heat;
    return heat.hotspots.map(({ index, score, lift }) => ({
      x: heat.x[index] ?? 0,
      y: heat.y[index] ?? 0,
      w: heat.w,
      h: heat.h,
      score,
      lift,
    }));
  }

  /** Lifts at the ends of the colours: the same on every slide, unless stretching was asked for. */
  get scale(): { readonly from: number; readonly to: number } {
    if (this.heat.is !== 'shown') return { from: 0, to: 6 };
    const { lifts, scale } = this.heat.heat;
    if (!this.stretch) return scale;
    let from = Infinity;
    let to = -Infinity;
    for (const lift of lifts) {
      from = Math.min(from, lift);
      to = Math.max(to, lift);
    }
    return to > from ? { from, to } : scale;
  }

  /** @param place - where to begin, in pixels of level 0: a tile that was found. */
  open(item: Item, place: Rectangle | null = null): void {
    this.#abort?.abort();
    this.#abort = new AbortController();
    this.item = item;
    this.detail = null;
    this.error = null;
    this.heat = { is: 'none' };
    this.mask = null;
    this.showMask = false;
    this.spot = -1;
    this.drawing = false;
    this.rectangle = place;
    this.target = place;
    this.found = { is: 'none' };
    void this.refresh();
  }

  close(): void {
    this.#abort?.abort();
    this.item = null;
    this.detail = null;
  }

  async refresh(): Promise<void> {
    const { item } = this;
    const signal = this.#abort?.signal;
    if (!item || !signal) return;
    try {
      const detail = await this.#client('slide.get', { itemId: item.itemId }, signal);
      if (!signal.aborted) this.detail = detail;
    } catch (thrown) {
      if (!signal.aborted) this.error = refusal(thrown);
    }
  }

  /** Lights the slide up by the phrase; of two phrases by their difference. */
  async light(): Promise<void> {
    const { item } = this;
    const words = this.phrase.trim();
    this.spot = -1;
    if (!item || words === '') {
      this.heat = { is: 'none' };
      return;
    }
    this.heat = { is: 'busy' };
    const chips = [{ type: 'text' as const, text: words }];
    const minus = this.minus.trim() === '' ? [] : [{ type: 'text' as const, text: this.minus.trim() }];
    try {
      const heat = await this.#client(
        'slide.heat',
        { itemId: item.itemId, chips, minus },
        this.#abort?.signal,
      );
      if (this.item === item) this.heat = { is: 'shown', heat };
    } catch (thrown) {
      if (this.item === item) this.heat = { is: 'refused', error: refusal(thrown) };
    }
  }

  jump(by: number): void {
    const { spots } = this;
    if (spots.length === 0) return;
    this.goToSpot((this.spot + by + spots.length) % spots.length);
  }

  goToSpot(index: number): void {
    const spot = this.spots[index];
    if (!spot) return;
    this.spot = index;
    this.goTo(spot);
  }

  /** Shows a place with some of its surroundings. */
  goTo({ x, y, w, h }: Rectangle): void {
    this.target = { x: x - w, y: y - h, w: 3 * w, h: 3 * h };
  }

  async toggleMask(): Promise<void> {
    this.showMask = !this.showMask;
    if (!this.showMask || this.mask !== null || !this.item) return;
    const { path } = await this.#client('slide.mask', { itemId: this.item.itemId }, this.#abort?.signal);
    this.mask = path;
  }

  /** Finds tiles like the drawn rectangle, on this slide and all others. */
  async searchRectangle(): Promise<void> {
    const { item, rectangle } = this;
    if (!item || !rectangle) return;
    this.drawing = false;
    this.found = { is: 'busy' };
    try {
      const place = { x: rectangle.x, y: rectangle.y, w: rectangle.w, h: rectangle.h };
      const { regionId } = await this.#client('slide.region', { itemId: item.itemId, ...place });
      const chips = [{ type: 'region' as const, regionId }];
      const { hits } = await this.#client('slide.tiles', { chips, limit: 30, perSlide: 6 });
      if (this.item === item) this.found = { is: 'shown', hits, regionId };
    } catch (thrown) {
      if (this.item === item) this.found = { is: 'refused', error: refusal(thrown) };
    }
  }

  async setMpp(mpp: number, folder: boolean): Promise<void> {
    if (!this.item) return;
    await this.#client('slide.setMpp', { itemId: this.item.itemId, mpp, folder });
    await this.refresh();
  }

  estimate(every: number) {
    const budget = every > 1 ? { is: 'every' as const, n: every } : { is: 'all' as const };
    return this.#client('slide.estimate', { itemIds: this.item ? [this.item.itemId] : [], budget });
  }

  async embed(every: number): Promise<void> {
    if (!this.item) return;
    const budget = every > 1 ? { is: 'every' as const, n: every } : { is: 'all' as const };
    await this.#client('slide.embed', { itemIds: [this.item.itemId], budget });
  }

  /** A small picture of a place, as a path below the media base. */
  async cut({ x, y, w, h }: Rectangle, itemId = this.item?.itemId): Promise<string | null> {
    if (itemId === undefined) return null;
    return (await this.#client('slide.cut', { itemId, x, y, w, h, longestPx: 96 })).path;
  }

  /** The heat as text of a file. */
  async export(as: 'geojson' | 'csv'): Promise<string | null> {
    if (!this.item) return null;
    const chips = [{ type: 'text' as const, text: this.phrase.trim() }];
    const minus = this.minus.trim() === '' ? [] : [{ type: 'text' as const, text: this.minus.trim() }];
    return (await this.#client('slide.exportHeat', { itemId: this.item.itemId, chips, minus, as })).text;
  }
}
