import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { ItemId } from '../../../preload/contract/ids.ts';
import type { ItemDetail } from '../../../preload/contract/items.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import type { ReportHit } from '../../../preload/contract/reports.ts';
import type { Hit } from '../../../preload/contract/search.ts';
import { refusal, type Client } from '../../client/client.ts';

/** Arrow keys pass many items; only the one they stop at is asked for. */
const SETTLES_MS = 120;
const SIMILAR = 10;
const REPORTS = 4;
const PICTURES = 24;

/** A caption or report that is read, and the pictures that fit it. */
export interface OpenedText {
  readonly reportId: number;
  /** Where the passage begins that led here; null where nothing did. */
  readonly start: number | null;
  readonly pictures: Loaded<Output<'report.pictures'>>;
}

export type Loaded<T> =
  | { readonly is: 'loading' }
  | { readonly is: 'ready'; readonly value: T }
  | { readonly is: 'refused'; readonly error: ArchiveError };

const loading = { is: 'loading' } as const;

/** One item in full: its details, what the model saw of it, and what is like it. Each part comes when it is there. */
export class Inspector {
  #client: Client;
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #itemId: ItemId | undefined;
  #detail = $state.raw<Loaded<ItemDetail>>(loading);
  #seen = $state.raw<Loaded<Output<'item.picture'>>>(loading);
  #reports = $state.raw<Loaded<readonly ReportHit[]>>(loading);
  #similar = $state.raw<Loaded<readonly Hit[]>>(loading);
  #text = $state.raw<OpenedText | null>(null);
  #textAbort: AbortController | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  get detail(): Loaded<ItemDetail> {
    return this.#detail;
  }
  get seen(): Loaded<Output<'item.picture'>> {
    return this.#seen;
  }
  /** Captions and reports of other items that fit this one. */
  get reports(): Loaded<readonly ReportHit[]> {
    return this.#reports;
  }
  get similar(): Loaded<readonly Hit[]> {
    return this.#similar;
  }

  /** What is open over everything. */
  get text(): OpenedText | null {
    return this.#text;
  }

  async openText(reportId: number, start: number | null): Promise<void> {
    this.closeText();
    const { signal } = (this.#textAbort = new AbortController());
    this.#text = { reportId, start, pictures: loading };
    const answer = this.#client('report.pictures', { reportId, limit: PICTURES }, signal);
    await this.#into(signal, answer, (pictures) => (this.#text = { reportId, start, pictures }));
  }

  closeText(): void {
    this.#textAbort?.abort();
    this.#text = null;
  }

  show(itemId: ItemId): void {
    if (itemId === this.#itemId) return;
    const first = this.#itemId === undefined;
    this.#itemId = itemId;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(itemId), first ? 0 : SETTLES_MS);
  }

  /** Asks again, such as after a tag was added. */
  reload(): void {
    if (this.#itemId !== undefined) this.#load(this.#itemId);
  }

  #load(itemId: ItemId): void {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    const chips = [{ type: 'item' as const, itemId }];
    void this.#into(signal, this.#client('item.get', { itemId }, signal), (value) => (this.#detail = value));
    void this.#into(
      signal,
      this.#client('item.picture', { itemId, as: 'model-view' }, signal),
      (value) => (this.#seen = value),
    );
    void this.#into(
      signal,
      this.#client('search.run', { chips, limit: SIMILAR, logged: false }, signal).then(({ hits }) => hits),
      (value) => (this.#similar = value),
    );
    const to = { is: 'item' as const, itemId };
    void this.#into(
      signal,
      this.#client('report.similar', { to, limit: REPORTS }, signal).then(({ hits }) => hits),
      (value) => (this.#reports = value),
    );
  }

  async #into<T>(signal: AbortSignal, answer: Promise<T>, put: (value: Loaded<T>) => void): Promise<void> {
    try {
      const value = await answer;
      if (!signal.aborted) put({ is: 'ready', value });
    } catch (thrown) {
      if (!signal.aborted) put({ is: 'refused', error: refusal(thrown) });
    }
  }
}
