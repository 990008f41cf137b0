import type { Item } from '../../../preload/contract/items.ts';
import type { Client } from '../../client/client.ts';
import {
  across,
  centred,
  followed,
  linkOf,
  offsetOf,
  reversed,
  type Link,
  type Point,
} from './linked-view.ts';
import { SlideLook } from './slide-look.svelte.ts';
import { SlideViewer, type Rectangle } from './slide-viewer.svelte.ts';

/** What lies on the stage: a slide, or two side by side whose views follow each other. */
export class SlideDesk {
  #client: Client;
  /** Slides that were left for a place on another one, oldest first. */
  #trail: SlideViewer[] = [];
  #left = $state.raw<SlideViewer | null>(null);
  #right = $state.raw<SlideViewer | null>(null);
  #active = $state.raw<SlideViewer | null>(null);
  #linked = $state(true);
  #sameScale = $state(true);
  #link = $state.raw<Link | null>(null);
  #pointed = $state.raw<{ readonly on: SlideViewer; readonly at: Point } | null>(null);
  readonly look = new SlideLook();
  /** A second slide is being chosen. */
  choosing = $state(false);

  constructor(client: Client) {
    this.#client = client;
  }

  /** The slide that was opened; null while no slide is shown. */
  get item(): Item | null {
    return this.#left?.item ?? null;
  }
  get viewers(): readonly SlideViewer[] {
    return [this.#left, this.#right].filter((one) => one !== null);
  }
  /** The one that keys, lists and tools are about. */
  get active(): SlideViewer | null {
    return this.#active;
  }
  get paired(): boolean {
    return this.#right !== null;
  }
  get linked(): boolean {
    return this.#linked;
  }
  /** Whether both have the same µm per pixel of the screen while they are linked. */
  get sameScale(): boolean {
    return this.#sameScale;
  }
  /** Lengths in which the two follow each other: pixels where one does not say how large its pixels are. */
  get unit(): 'µm' | 'px' {
    return this.#link?.is ?? 'µm';
  }
  /** How far the right one lies off from middle on middle; null while the two are free. */
  get offset(): ReturnType<typeof offsetOf> | null {
    const [left, right] = this.#pair() ?? [];
    return left?.detail && right?.detail && this.#link && this.#linked
      ? offsetOf(this.#link, left.detail, right.detail)
      : null;
  }

  /** @param place - where to begin, in pixels of level 0: a tile that was found. */
  open(item: Item, place: Rectangle | null = null): void {
    this.close();
    this.#put(new SlideViewer(this.#client, this.look, item, place));
  }

  /** Opens another slide, at a place where one is given; back leads to this one as it is. */
  visit(item: Item, place: Rectangle | null): void {
    const from = this.#active;
    this.single();
    if (from) this.#trail.push(from);
    this.#put(new SlideViewer(this.#client, this.look, item, place));
  }

  /** @returns false where there is no slide to go back to. */
  back(): boolean {
    const former = this.#trail.pop();
    if (!former) return false;
    for (const viewer of this.viewers) viewer.close();
    this.#right = null;
    this.#left = this.#active = former;
    this.look.paired = false;
    return true;
  }

  close(): void {
    for (const viewer of [...this.viewers, ...this.#trail]) viewer.close();
    this.#trail = [];
    this.#left = this.#right = this.#active = this.#link = this.#pointed = null;
    this.look.paired = this.choosing = false;
  }

  /** Shows another slide beside the active one. */
  compare(item: Item, place: Rectangle | null = null): void {
    this.choosing = false;
    const [kept] = this.#active ? [this.#active] : [];
    if (!kept) return;
    for (const viewer of this.viewers) if (viewer !== kept) viewer.close();
    this.#left = kept;
    this.#right = new SlideViewer(this.#client, this.look, item, place);
    this.#link = null;
    this.#linked = true;
    this.look.paired = true;
    void this.#right.begin();
  }

  /** Keeps the active one of two. */
  single(): void {
    for (const viewer of this.viewers) if (viewer !== this.#active) viewer.close();
    this.#left = this.#active;
    this.#right = this.#link = this.#pointed = null;
    this.look.paired = false;
  }

  activate(viewer: SlideViewer): void {
    this.#active = viewer;
  }

  swap(): void {
    [this.#left, this.#right] = [this.#right, this.#left];
    this.#link = this.#link && reversed(this.#link);
  }

  /** Lets the two go, or links them as they lie now. */
  toggleLinked(): void {
    this.#linked = !this.#linked;
    if (this.#linked) this.#linkAsShown();
  }

  toggleSameScale(): void {
    this.#sameScale = !this.#sameScale;
    if (this.#linked) this.#linkAsShown();
  }

  /** Middle on middle, not turned against each other. */
  centre(): void {
    const [left, right] = this.#pair() ?? [];
    if (!left?.detail || !right?.detail) return;
    this.#link = centred(left.detail, right.detail);
    this.#linked = true;
    this.#lead();
  }

  /** A stage shows something else: the other one follows. */
  moved(viewer: SlideViewer): void {
    if (viewer === this.#active) this.#lead();
    // A stage that has just come takes its place beside the other.
    else if (this.paired && this.#link === null) this.#firstLink();
  }

  point(on: SlideViewer, at: Point | null): void {
    this.#pointed = at && { on, at };
  }

  /** Where the pointer on the other slide points on this one. */
  crossOn(viewer: SlideViewer): Point | null {
    if (!this.#pointed || this.#pointed.on === viewer || !this.#linked || !this.#link) return null;
    return across(viewer === this.#right ? this.#link : reversed(this.#link), this.#pointed.at);
  }

  async light(): Promise<void> {
    await Promise.all(this.viewers.map((viewer) => viewer.light()));
  }

  async refresh(): Promise<void> {
    await Promise.all(this.viewers.map((viewer) => viewer.refresh()));
  }

  #put(viewer: SlideViewer): void {
    this.#left = this.#active = viewer;
    void viewer.begin();
  }

  #pair(): readonly [SlideViewer, SlideViewer] | null {
    return this.#left && this.#right ? [this.#left, this.#right] : null;
  }

  #firstLink(): void {
    const [left, right] = this.#pair() ?? [];
    if (!left?.detail || !right?.detail || !left.stage?.view() || !right.stage?.view()) return;
    if (right.target) this.#linkAsShown();
    else this.centre();
  }

  #linkAsShown(): void {
    const [left, right] = this.#pair() ?? [];
    const [shown, beside] = [left?.stage?.view(), right?.stage?.view()];
    if (!left?.detail || !right?.detail || !shown || !beside) return;
    this.#link = linkOf(left.detail, shown, right.detail, beside, this.#sameScale);
    this.#lead();
  }

  /** Brings the other one to where the active one is. */
  #lead(): void {
    const pair = this.#pair();
    if (!pair || !this.#link || !this.#linked) return;
    const [left, right] = pair;
    const leads = this.#active === right ? right : left;
    const view = leads.stage?.view();
    const link = leads === left ? this.#link : reversed(this.#link);
    if (view) (leads === left ? right : left).stage?.setView(followed(link, view));
  }
}
