// Long because the state of the one search screen is one class: query, list, line and selection change together.
// Maps and sets here are replaced as a whole under $state.raw, never changed in place.
/* eslint-disable svelte/prefer-svelte-reactivity */
import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { ItemId } from '../../../preload/contract/ids.ts';
import type { Item } from '../../../preload/contract/items.ts';
import type { Hit, Match, SearchAnswer } from '../../../preload/contract/search.ts';
import { refusal, type Client } from '../../client/client.ts';
import { Pages } from '../../client/pages.svelte.ts';
import { baseName } from '../../ui/format.ts';
import { Selection } from '../../ui/selection.svelte.ts';
import { Filters } from './filters.svelte.ts';
import { forget, recall, remember } from './memory.ts';
import { chipOf, clampWeight, type NewPart, type Part } from './parts.ts';

export type Row = Item | Hit;
export const isHit = (row: Row): row is Hit => 'similarity' in row;

/** All hits, or only the best of each patient or study. */
export type Grouping = 'none' | 'series' | 'study' | 'patient';

type Summary = Omit<SearchAnswer, 'hits'>;

export type Outcome =
  | { readonly is: 'browsing' }
  | { readonly is: 'found'; readonly answer: Summary }
  | { readonly is: 'failed'; readonly error: ArchiveError };

/** How long the running search takes: nothing changes at first, then skeletons, then words, then a way to stop. */
export type Patience = 'none' | 'quiet' | 'skeletons' | 'words' | 'stop';
const PATIENCE_MS: readonly (readonly [number, Patience])[] = [
  [150, 'skeletons'],
  [1_000, 'words'],
  [5_000, 'stop'],
];

/** Shown while no answer has brought a line of its own. */
export const FIRST_LINE = 3.1;
const HIGHEST_LINE = 20;
/** The contract's limit for the parts of a query. */
export const MOST_EXAMPLES = 20;
const FIRST_PAGE = 200;
const LINE_SETTLES_MS = 60;
const REFRESH_EVERY_MS = 1_500;

/** What the search screen shows. A newer query cancels the one before it; without parts it browses. */
export class Search {
  readonly filters: Filters;
  readonly selection = new Selection();
  #client: Client;
  #abort: AbortController | undefined;
  #lineTimer: ReturnType<typeof setTimeout> | undefined;
  #nextKey = 1;
  #visible: readonly [number, number] = [0, FIRST_PAGE];
  #parts = $state.raw<readonly Part[]>([]);
  #outcome = $state.raw<Outcome>({ is: 'browsing' });
  #patience = $state<Patience>('none');
  #list = $state.raw<Pages<Row>>(this.#emptyList());
  /** Set by hand; null leaves it to the query. */
  #line = $state<number | null>(null);
  /** By series at first: a CT of 300 slices is one finding, not a page of them. */
  #grouping = $state<Grouping>('series');
  #match = $state<Match>('meaning');
  #archive: string | undefined;
  #generation = -1;
  #foundAt = $state(-1);
  #now = $state(-1);
  #refreshedAt = 0;
  #refreshTimer: ReturnType<typeof setTimeout> | undefined;
  /** Words not yet made a part. */
  entry = $state('');

  constructor(client: Client) {
    this.#client = client;
    this.filters = new Filters(client);
    const remembered = recall();
    this.#parts = remembered.parts.map((part) => ({ ...part, key: this.#nextKey++ }));
    this.#line = remembered.line;
    this.filters.restore(remembered.filters);
  }

  get parts(): readonly Part[] {
    return this.#parts;
  }
  get outcome(): Outcome {
    return this.#outcome;
  }
  get patience(): Patience {
    return this.#patience;
  }
  get list(): Pages<Row> {
    return this.#list;
  }
  /** Where the line is drawn, in spreads above the background's median. */
  get line(): number {
    return this.#line ?? (this.#outcome.is === 'found' ? this.#outcome.answer.line : FIRST_LINE);
  }
  /** True when somebody moved the line away from where the query has it. */
  get isLineMoved(): boolean {
    return this.#line !== null;
  }
  get grouping(): Grouping {
    return this.#grouping;
  }
  /** What is asked for; an answer says what its order comes from. */
  get match(): Match {
    return this.#match;
  }
  /** True when the archive has changed since the hits on screen were found. */
  get outdated(): boolean {
    return this.#outcome.is === 'found' && this.#foundAt !== this.#now;
  }
  get total(): number {
    return this.#outcome.is === 'found' ? this.#outcome.answer.total : this.#list.total;
  }

  /** Told of every change of the archive: another one starts over, new items show up without moving the list. */
  follow(archive: { readonly path: string; readonly generation: number }): void {
    if (archive.path !== this.#archive) {
      if (this.#archive !== undefined) this.#reset();
      this.#archive = archive.path;
      this.#generation = this.#now = archive.generation;
      void this.run();
    } else if (archive.generation !== this.#generation) {
      this.#generation = this.#now = archive.generation;
      clearTimeout(this.#refreshTimer);
      const wait = Math.max(0, this.#refreshedAt + REFRESH_EVERY_MS - Date.now());
      this.#refreshTimer = setTimeout(() => void this.#refresh(), wait);
    }
  }

  add(part: NewPart): Promise<void> {
    this.#line = null;
    this.#parts = [...this.#parts, { weight: 1, minus: false, ...part, key: this.#nextKey++ }];
    return this.run();
  }

  /** Takes the typed words as a part, if there are any, and searches. */
  submit(): Promise<void> {
    const text = this.entry.trim();
    this.entry = '';
    return text === '' ? this.run() : this.add({ type: 'text', text });
  }

  change(key: number, change: { readonly weight?: number; readonly minus?: boolean }): Promise<void> {
    this.#line = null;
    this.#parts = this.#parts.map((part) =>
      part.key === key ? { ...part, ...change, weight: clampWeight(change.weight ?? part.weight) } : part,
    );
    return this.run();
  }

  remove(key: number): Promise<void> {
    this.#line = null;
    this.#parts = this.#parts.filter((part) => part.key !== key);
    return this.run();
  }

  /** Starts over with one item: "more like this". */
  similarTo({ itemId, path, thumb }: Item): Promise<void> {
    this.#parts = [];
    return this.add({ type: 'item', itemId, name: baseName(path) || `item ${itemId}`, thumb });
  }

  /** Starts over with the selected items: what they have in common, each as much as the others. */
  async similarToSelected(): Promise<void> {
    const ids = new Set<number>(await this.selectedIds());
    const rows = this.#list.loaded().filter(({ itemId }) => ids.has(itemId));
    this.#line = null;
    this.#parts = rows.slice(0, MOST_EXAMPLES).map(({ itemId, path, thumb }) => ({
      ...{ type: 'item' as const, itemId, name: baseName(path) || `item ${itemId}`, thumb },
      ...{ weight: 1, minus: false, key: this.#nextKey++ },
    }));
    this.selection.clear();
    await this.run();
  }

  clear(): Promise<void> {
    this.#parts = [];
    this.entry = '';
    return this.run();
  }

  async setFilters(change: () => void): Promise<void> {
    change();
    await this.run();
  }

  /** Holds a picture in the core's memory and searches with it. */
  async addPicture(file: Blob, name: string): Promise<void> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const held = await this.#client('query.image', { bytes, name });
    await this.add({ type: 'image', imageId: held.imageId, name: held.name, thumb: held.thumb });
  }

  groupBy(grouping: Grouping): Promise<void> {
    this.#grouping = grouping;
    return this.run();
  }

  matchBy(match: Match): Promise<void> {
    this.#match = match;
    return this.run();
  }

  /** Moves the line. The order of the hits does not depend on it, so only the counting is asked again. */
  setLine(line: number): void {
    this.#line = Math.round(Math.max(0, Math.min(HIGHEST_LINE, line)) * 10) / 10;
    this.#remember();
    clearTimeout(this.#lineTimer);
    this.#lineTimer = setTimeout(() => void this.#recount(), LINE_SETTLES_MS);
  }

  /** Gives the line back to the query. */
  drawLine(): Promise<void> {
    this.#line = null;
    return this.run();
  }

  stop(): void {
    this.#abort?.abort();
    this.#patience = 'none';
  }

  async run(): Promise<void> {
    this.#remember();
    this.selection.restart();
    const abort = this.#begin();
    const timers = PATIENCE_MS.map(([ms, patience]) => setTimeout(() => (this.#patience = patience), ms));
    try {
      void this.filters.refresh();
      await (this.#parts.length === 0 ? this.#browse(abort.signal) : this.#find(abort.signal));
    } catch (thrown) {
      if (!abort.signal.aborted) this.#outcome = { is: 'failed', error: refusal(thrown) };
    } finally {
      for (const timer of timers) clearTimeout(timer);
      if (this.#abort === abort) this.#patience = 'none';
    }
  }

  /** Browsing: shows what is new without leaving the place in the list. Found hits keep their order. */
  async #refresh(): Promise<void> {
    if (this.#patience !== 'none' || this.#outcome.is !== 'browsing') return;
    this.#refreshedAt = Date.now();
    const abort = this.#begin();
    try {
      void this.filters.refresh();
      await this.#browse(abort.signal);
    } catch (thrown) {
      if (!abort.signal.aborted) this.#outcome = { is: 'failed', error: refusal(thrown) };
    } finally {
      if (this.#abort === abort) this.#patience = 'none';
    }
  }

  /** Called by the grid with what it shows, so that a refresh loads that first. */
  saw(from: number, to: number): void {
    this.#visible = [from, to];
  }

  /** The numbers of the selected items; those not loaded are asked for. */
  async selectedIds(): Promise<ItemId[]> {
    const { chosen } = this.selection;
    // Ids in a selection come from items of this list, so they are item ids.
    if (chosen.is === 'some') return [...chosen.ids] as ItemId[];
    if (this.#outcome.is === 'found' && this.#grouping !== 'none') {
      // Of a group only its best item is in the list, and only what is in the list is selected.
      const rows = await this.#list.slice(0, this.#list.total);
      return rows.map(({ itemId }) => itemId).filter((id) => !chosen.except.has(id));
    }
    const own = new Set(this.#parts.flatMap((part) => (part.type === 'item' ? [part.itemId as number] : [])));
    const { itemIds } = await this.#client('items.ids', { where: this.filters.where });
    return itemIds.filter((id) => !chosen.except.has(id) && !own.has(id));
  }

  #begin(): AbortController {
    this.#abort?.abort();
    // A line that has not settled yet comes with the next answer.
    clearTimeout(this.#lineTimer);
    this.#patience = 'quiet';
    return (this.#abort = new AbortController());
  }

  async #browse(signal: AbortSignal): Promise<void> {
    const where = this.filters.where;
    let hasFailed = false;
    const list = new Pages<Row>(
      async (offset, limit, pageSignal) => {
        const { items, total } = await this.#client('items.list', { where, offset, limit }, pageSignal);
        return { rows: items, total };
      },
      (thrown) => {
        hasFailed = true;
        this.#pageFailed(thrown);
      },
    );
    signal.addEventListener('abort', () => list.stop());
    await list.need(...this.#visible);
    if (signal.aborted || hasFailed) return;
    this.#list = list;
    this.#outcome = { is: 'browsing' };
  }

  async #find(signal: AbortSignal): Promise<void> {
    const generation = this.#generation;
    const query = this.#query();
    const { hits, ...answer } = await this.#client(
      'search.run',
      { ...query, ...(this.#line === null ? {} : { line: this.#line }), limit: FIRST_PAGE },
      signal,
    );
    if (signal.aborted) return;
    const line = Math.max(0, Math.min(HIGHEST_LINE, answer.line));
    const list = new Pages<Row>(
      async (offset, limit, pageSignal) => {
        // The line does not change the order: a page need not draw it again.
        const page = await this.#client('search.run', { ...query, line, offset, limit }, pageSignal);
        return { rows: page.hits, total: page.total };
      },
      (thrown) => this.#pageFailed(thrown),
    );
    signal.addEventListener('abort', () => list.stop());
    list.seed(hits, answer.total);
    this.#foundAt = generation;
    this.#list = list;
    this.#outcome = { is: 'found', answer };
  }

  #reset(): void {
    this.#parts = [];
    this.#line = null;
    this.entry = '';
    this.filters.clear();
    this.selection.clear();
  }

  #query() {
    const group = this.#grouping === 'none' ? {} : { group: this.#grouping };
    return { chips: this.#parts.map(chipOf), where: this.filters.where, match: this.#match, ...group };
  }

  async #recount(): Promise<void> {
    if (this.#outcome.is !== 'found' || this.#line === null) return;
    const signal = this.#abort?.signal;
    const input = { ...this.#query(), line: this.#line, limit: 1 };
    try {
      const { standOut, line, drawn } = await this.#client('search.run', input, signal);
      if (signal?.aborted || this.#outcome.is !== 'found') return;
      this.#outcome = { is: 'found', answer: { ...this.#outcome.answer, standOut, line, drawn } };
    } catch (thrown) {
      if (!signal?.aborted) this.#pageFailed(thrown);
    }
  }

  #pageFailed(thrown: unknown): void {
    this.#outcome = { is: 'failed', error: refusal(thrown) };
  }

  #emptyList(): Pages<Row> {
    return new Pages<Row>(
      () => Promise.resolve({ rows: [], total: 0 }),
      (thrown) => this.#pageFailed(thrown),
    );
  }

  #remember(): void {
    if (this.#parts.length === 0 && this.filters.chosen.length === 0) forget();
    else remember({ parts: this.#parts, filters: this.filters.chosen, line: this.#line });
  }
}
