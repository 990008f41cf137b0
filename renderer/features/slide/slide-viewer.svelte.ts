import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { ItemId } from '../../../preload/contract/ids.ts';
import type { Item } from '../../../preload/contract/items.ts';
import type { Input } from '../../../preload/contract/methods.ts';
import type { StainName } from '../../../preload/contract/slide-preparations.ts';
import type { SlideDetail, SlideGridView } from '../../../preload/contract/slides.ts';
import { refusal, type Client } from '../../client/client.ts';
import type { DeepZoom } from './deep-zoom.ts';
import type { View } from './linked-view.ts';
import { SlideLikes } from './slide-likes.svelte.ts';
import type { Scale, SlideLook } from './slide-look.svelte.ts';
import { SlideReading } from './slide-reading.svelte.ts';
import { spotsOf, type Found, type HeatState, type Spot } from './slide-states.ts';
import { SlideStaining } from './slide-staining.svelte.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

let made = 0;

/** One slide: what it says of itself, the heat of the phrase, the drawn rectangle and what was found by it. */
export class SlideViewer {
  #client: Client;
  #abort = new AbortController();
  #lighting = new AbortController();
  /** Heat is to be shown as soon as there are tiles of the preparation that was chosen. */
  #isWanted = false;
  readonly look: SlideLook;
  readonly item: Item;
  readonly staining: SlideStaining;
  readonly likes: SlideLikes;
  readonly reading: SlideReading;
  /** Tells viewers apart, also two of one slide. */
  readonly key = (made += 1);
  detail = $state.raw<SlideDetail | null>(null);
  error = $state.raw<ArchiveError | null>(null);
  heat = $state.raw<HeatState>({ is: 'none' });
  mask = $state.raw<string | null>(null);
  grid = $state.raw<SlideGridView | null>(null);
  /** Index into the hotspots; -1 before the first jump. */
  spot = $state(-1);
  drawing = $state(false);
  rectangle = $state.raw<Rectangle | null>(null);
  found = $state.raw<Found>({ is: 'none' });
  /** Where the stage is to go next; a new object each time. */
  target = $state.raw<Rectangle | null>(null);
  /** The stage while there is one. */
  stage = $state.raw<DeepZoom | null>(null);
  /** What was shown last: where to begin when this slide is come back to. */
  seen: View | null = null;

  /** @param place - where to begin, in pixels of level 0: a tile that was found. */
  constructor(client: Client, look: SlideLook, item: Item, place: Rectangle | null = null) {
    this.#client = client;
    this.look = look;
    this.item = item;
    this.staining = new SlideStaining(client, this);
    this.likes = new SlideLikes(client, this);
    this.reading = new SlideReading(client, this);
    this.rectangle = place;
    this.target = place;
  }

  get spots(): readonly Spot[] {
    return this.heat.is === 'shown' ? spotsOf(this.heat.heat) : [];
  }

  get isDifference(): boolean {
    return this.heat.is === 'shown' && this.heat.minus !== '';
  }

  /** Values at the ends of the colours: the same on every slide, unless stretching was asked for. */
  get scale(): Scale {
    if (this.heat.is !== 'shown') return { from: 0, to: 6 };
    return this.look.scaleOf(this.heat.heat.lifts, this.heat.heat.scale, this.isDifference);
  }

  /** Whether tiles of a preparation were read. */
  hasTiles(stain: StainName): boolean {
    const { detail } = this;
    return stain === 'none'
      ? (detail?.grids.length ?? 0) > 0
      : (detail?.stained.some((one) => one.stain === stain) ?? false);
  }

  /** Whether there are tiles of the preparation that is chosen. */
  get isRead(): boolean {
    return this.hasTiles(this.look.stain);
  }

  /** Whether the slide was read at all. */
  get wasRead(): boolean {
    return this.hasTiles('none') || (this.detail?.stained.length ?? 0) > 0;
  }

  close(): void {
    this.#abort.abort();
    this.staining.close();
    this.#lighting.abort();
  }

  async refresh(): Promise<void> {
    const { signal } = this.#abort;
    try {
      const detail = await this.#client('slide.get', { itemId: this.item.itemId }, signal);
      if (signal.aborted) return;
      this.detail = detail;
      // What was read has changed with it.
      this.grid = null;
      if (this.wasRead) await this.loadGrid();
      await this.reading.settle();
      if (this.isRead && this.#isWanted) await this.light();
    } catch (thrown) {
      if (!signal.aborted) this.error = refusal(thrown);
    }
  }

  /** As it is opened: with the heat of the phrase that other slides are lit up by. */
  async begin(): Promise<void> {
    await this.refresh();
    // What was chosen for another slide is no choice where this one alone is shown.
    if (!this.isRead && this.hasTiles('none') && !this.look.paired) this.look.stain = 'none';
    if (this.isRead && this.look.phrase.trim() !== '') await this.light();
  }

  /** Lights the slide up by the phrase; of two phrases by their difference. */
  async light(): Promise<void> {
    this.#isWanted = false;
    this.#lighting.abort();
    const query = this.#query();
    this.spot = -1;
    if (!query) {
      this.heat = { is: 'none' };
      return;
    }
    const [phrase, minus] = [this.look.phrase.trim(), this.look.minus.trim()];
    const { signal } = (this.#lighting = new AbortController());
    this.heat = { is: 'busy' };
    try {
      const heat = await this.#client('slide.heat', query, signal);
      if (!signal.aborted) this.heat = { is: 'shown', heat, phrase, minus };
    } catch (thrown) {
      if (!signal.aborted) this.heat = { is: 'refused', error: refusal(thrown) };
    }
  }

  jump(by: number): void {
    const { spots } = this;
    if (spots.length === 0) return;
    // Back from the first is the last, also before the first jump.
    const from = this.spot < 0 && by < 0 ? 0 : this.spot;
    this.goToSpot((from + by + spots.length) % spots.length);
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

  async loadMask(): Promise<void> {
    if (this.mask !== null) return;
    this.mask = (await this.#client('slide.mask', { itemId: this.item.itemId }, this.#abort.signal)).path;
  }

  /** What is known of the tiles; nothing while µm per pixel are not known. */
  async loadGrid(): Promise<void> {
    if (this.grid !== null || !this.detail?.mppX) return;
    const wish = { itemId: this.item.itemId, stain: this.look.stain };
    this.grid = await this.#client('slide.grid', wish, this.#abort.signal);
  }

  /** Finds tiles like the drawn rectangle, on this slide and all others. */
  async searchRectangle(): Promise<void> {
    const { rectangle } = this;
    if (!rectangle) return;
    this.drawing = false;
    const busy: Found = { is: 'busy' };
    this.found = busy;
    let found: Found;
    try {
      const place = { x: rectangle.x, y: rectangle.y, w: rectangle.w, h: rectangle.h };
      const { stain } = this.look;
      const { regionId } = await this.#client('slide.region', { itemId: this.item.itemId, ...place, stain });
      const chips = [{ type: 'region' as const, regionId }];
      const { hits } = await this.#client('slide.tiles', { chips, limit: 30, perSlide: 6, stain });
      found = { is: 'shown', hits, regionId };
    } catch (thrown) {
      found = { is: 'refused', error: refusal(thrown) };
    }
    // Another preparation or rectangle was chosen meanwhile: this is no answer to it.
    if (this.found === busy) this.found = found;
  }

  /** Other tiles are to be compared: those of the preparation that is chosen now. */
  async changeStain(): Promise<void> {
    this.grid = null;
    this.found = { is: 'none' };
    this.likes.found = { is: 'none' };
    this.#isWanted ||= this.heat.is !== 'none';
    this.#lighting.abort();
    this.heat = { is: 'none' };
    if (!this.isRead) return;
    await Promise.all([this.loadGrid(), this.#isWanted ? this.light() : null]);
  }

  /** A picture of a place, as a path below the media base. */
  async cut({ x, y, w, h }: Rectangle, itemId: ItemId = this.item.itemId, longestPx = 96): Promise<string> {
    return (await this.#client('slide.cut', { itemId, x, y, w, h, longestPx })).path;
  }

  /** The heat as text of a file. */
  async export(as: 'geojson' | 'csv'): Promise<string | null> {
    const query = this.#query();
    return query && (await this.#client('slide.exportHeat', { ...query, as })).text;
  }

  #query(): Input<'slide.heat'> | null {
    const [text, other] = [this.look.phrase.trim(), this.look.minus.trim()];
    if (text === '') return null;
    const minus = other === '' ? [] : [{ type: 'text' as const, text: other }];
    const { stain } = this.look;
    return { itemId: this.item.itemId, chips: [{ type: 'text', text }], minus, stain };
  }
}
