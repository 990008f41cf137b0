import type { ItemId } from '../../../preload/contract/ids.ts';
import type { Item } from '../../../preload/contract/items.ts';
import { refusal, type Client } from '../../client/client.ts';
import type { Pages } from '../../client/pages.svelte.ts';
import { Selection } from '../../ui/selection.svelte.ts';
import { ArchiveWatch } from './archive-watch.svelte.ts';
import { Dictionary } from './dictionary.svelte.ts';
import { Examples } from './examples.svelte.ts';
import { Filters } from './filters.svelte.ts';
import { heldPicture } from './held-picture.ts';
import { Line } from './line.svelte.ts';
import { browsed, FIRST_PAGE, found, noRows, type Span } from './listings.ts';
import { forget, recall, remember } from './memory.ts';
import type { Outcome, Row } from './outcome.ts';
import type { NewPart } from './parts.ts';
import { Patience } from './patience.svelte.ts';
import { Query } from './query.svelte.ts';
import { selectedIds } from './selected-ids.ts';
import { Switches, type Switched } from './switches.svelte.ts';
import { WordingLab } from './wording-lab.svelte.ts';

/**
 * The search screen: what is asked (query, filters, switches), what came of it (outcome, list, line), and what is
 * selected of that. A newer query cancels the one before it; without parts it browses.
 */
export class Search {
  readonly filters: Filters;
  readonly query = new Query();
  readonly switches = new Switches();
  readonly selection = new Selection();
  readonly patience = new Patience();
  readonly line = new Line();
  readonly dictionary: Dictionary;
  readonly wordings: WordingLab;
  readonly examples: Examples;
  #client: Client;
  #archive: ArchiveWatch;
  #visible: Span = [0, FIRST_PAGE];
  #outcome = $state.raw<Outcome>({ is: 'browsing' });
  #failed = (thrown: unknown): void => {
    this.line.drawn(null);
    const error = refusal(thrown);
    // The core was started anew, or has answered many other queries since.
    if (error.code === 'query.snapshot-gone') void this.run();
    else this.#outcome = { is: 'failed', error };
  };
  #list = $state.raw<Pages<Row>>(noRows(this.#failed));

  constructor(client: Client) {
    this.#client = client;
    this.filters = new Filters(client);
    this.wordings = new WordingLab(client);
    this.examples = new Examples(client);
    this.dictionary = new Dictionary(client, () => void this.run());
    this.#archive = new ArchiveWatch({
      left: () => this.#reset(),
      opened: () => void this.run(),
      changed: () => void this.#refresh(),
    });
    const remembered = recall();
    this.query.restore(remembered.parts, remembered.meanings, remembered.expand);
    this.line.restore(remembered.line);
    this.filters.restore(remembered.filters);
  }

  get outcome(): Outcome {
    return this.#outcome;
  }
  get list(): Pages<Row> {
    return this.#list;
  }
  /** True when the archive has changed since the hits on screen were found. */
  get outdated(): boolean {
    return this.#outcome.is === 'found' && this.#archive.hasMoved;
  }
  get total(): number {
    return this.#outcome.is === 'found' ? this.#outcome.answer.total : this.#list.total;
  }

  /** Told of every change of the archive: another one starts over, new items show up without moving the list. */
  follow(archive: { readonly path: string; readonly generation: number }): void {
    this.#archive.follow(archive);
  }

  add(part: NewPart): Promise<void> {
    return this.#ask(() => this.query.add(part));
  }

  /** Takes the typed words as a part, if there are any, and searches. */
  submit(): Promise<void> {
    if (this.query.takeEntry()) this.line.restore(null);
    return this.run();
  }

  change(key: number, change: { readonly weight?: number; readonly minus?: boolean }): Promise<void> {
    return this.#ask(() => this.query.change(key, change));
  }

  remove(key: number): Promise<void> {
    return this.#ask(() => this.query.remove(key));
  }

  /** Says what an abbreviation of the query stands for; null leaves it as typed. */
  mean(short: string, meaning: string | null): Promise<void> {
    return this.#ask(() => this.query.mean(short, meaning));
  }

  /** Starts over with one item: "more like this". */
  similarTo(item: Item): Promise<void> {
    return this.#ask(() => this.query.startFrom(item));
  }

  clear(): Promise<void> {
    this.query.clear();
    return this.run();
  }

  async setFilters(change: () => void): Promise<void> {
    change();
    await this.run();
  }

  switch(change: Partial<Switched>): Promise<void> {
    this.switches.set(change);
    return this.run();
  }

  async addPicture(file: Blob, name: string): Promise<void> {
    await this.add(await heldPicture(this.#client, file, name));
  }

  /** Moves the line. The order of rank does not depend on it: then only the counting is asked again. */
  setLine(at: number): void {
    const isRanked = this.switches.now.order === 'rank';
    this.line.put(at, () => void (isRanked ? this.#recount() : this.run()));
    this.#remember();
  }

  /** Gives the line back to the query. */
  drawLine(): Promise<void> {
    this.line.restore(null);
    return this.run();
  }

  async run(): Promise<void> {
    this.#remember();
    this.selection.restart();
    await this.#work(true);
  }

  /** Called by the grid with what it shows, so that a refresh loads that first. */
  saw(from: number, to: number): void {
    this.#visible = [from, to];
  }

  selectedIds(): Promise<ItemId[]> {
    const snapshot = this.#outcome.is === 'found' ? this.#outcome.answer.snapshot : null;
    const { where } = this.filters;
    return selectedIds(this.#client, { chosen: this.selection.chosen, snapshot, where });
  }

  /** What is asked changes, so the line is the query's again. */
  #ask(change: () => void): Promise<void> {
    this.line.restore(null);
    change();
    return this.run();
  }

  /** Browsing: shows what is new without leaving the place in the list. Found hits keep their order. */
  async #refresh(): Promise<void> {
    if (this.patience.wait !== 'none' || this.#outcome.is !== 'browsing') return;
    this.#archive.refreshed();
    await this.#work(false);
  }

  async #work(shows: boolean): Promise<void> {
    // A line that has not settled yet comes with the next answer.
    this.line.unsettle();
    const signal = this.patience.begin(shows);
    try {
      void this.filters.refresh();
      await (this.query.parts.length === 0 ? this.#browse(signal) : this.#find(signal));
    } catch (thrown) {
      if (!signal.aborted) this.#failed(thrown);
    } finally {
      this.patience.done(signal);
    }
  }

  async #browse(signal: AbortSignal): Promise<void> {
    const list = await browsed(this.#client, this.filters.where, this.#visible, signal, this.#failed);
    if (!list) return;
    this.#list = list;
    this.line.drawn(null);
    this.#outcome = { is: 'browsing' };
  }

  async #find(signal: AbortSignal): Promise<void> {
    const { generation } = this.#archive;
    const { list, answer } = await found(this.#client, this.asked, this.line.byHand, signal, this.#failed);
    if (signal.aborted) return;
    this.#archive.found(generation);
    this.#list = list;
    this.#show(answer);
  }

  async #recount(): Promise<void> {
    if (this.#outcome.is !== 'found' || this.line.byHand === null) return;
    const { signal } = this.patience;
    const { snapshot } = this.#outcome.answer;
    const input = { ...this.asked, snapshot, line: this.line.byHand, limit: 1 };
    try {
      const { standOut, line, drawn } = await this.#client('search.run', input, signal);
      if (!signal?.aborted && this.#outcome.is === 'found')
        this.#show({ ...this.#outcome.answer, standOut, line, drawn });
    } catch (thrown) {
      if (!signal?.aborted) this.#failed(thrown);
    }
  }

  /** What `search.run` is asked with, apart from the line and which piece is wanted. */
  get asked() {
    return { ...this.query.asked, where: this.filters.where, ...this.switches.wish };
  }

  #show(answer: Extract<Outcome, { is: 'found' }>['answer']): void {
    this.line.drawn(answer.line);
    this.#outcome = { is: 'found', answer };
  }

  #reset(): void {
    this.query.clear();
    this.line.restore(null);
    this.filters.clear();
    this.selection.clear();
    this.examples.forget();
  }

  #remember(): void {
    if (this.query.parts.length === 0 && this.filters.chosen.length === 0) forget();
    else {
      const { parts, meanings, expand } = this.query;
      remember({ parts, meanings, expand, filters: this.filters.chosen, line: this.line.byHand });
    }
  }
}
