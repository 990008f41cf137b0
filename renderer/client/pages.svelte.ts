// Maps and sets here are replaced as a whole under $state.raw, never changed in place.
/* eslint-disable svelte/prefer-svelte-reactivity */
/** One page of a longer list whose order does not change. */
export interface Page<T> {
  /** Undefined where what was in that place has gone. */
  readonly rows: readonly (T | undefined)[];
  readonly total: number;
}

export type LoadPage<T> = (offset: number, limit: number, signal: AbortSignal) => Promise<Page<T>>;

const PAGE_ROWS = 200;
/** About 12,000 rows: many screens, and a bound on memory when someone scrolls through a million. */
const MAX_PAGES = 60;

/**
 * A long list of which only the pages that were looked at are held. Rows are asked for by index; a page that is
 * not there yet reads as undefined and is fetched by `need`.
 */
export class Pages<T> {
  #load: LoadPage<T>;
  #failed: (thrown: unknown) => void;
  #abort = new AbortController();
  #pages = $state.raw<ReadonlyMap<number, readonly (T | undefined)[]>>(new Map());
  #loading = new Map<number, Promise<void>>();
  #total = $state(0);

  constructor(load: LoadPage<T>, failed: (thrown: unknown) => void) {
    this.#load = load;
    this.#failed = failed;
  }

  get total(): number {
    return this.#total;
  }

  at(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Fetches the pages that rows `from` to `to` (exclusive) lie on; resolves when they are there. */
  async need(from: number, to: number): Promise<void> {
    const first = Math.floor(Math.max(0, from) / PAGE_ROWS);
    const last = Math.floor(Math.max(0, to - 1) / PAGE_ROWS);
    const waits: Promise<void>[] = [];
    for (let page = first; page <= last; page += 1) {
      if (!this.#pages.has(page)) waits.push(this.#fetch(page));
    }
    await Promise.all(waits);
  }

  /** Rows `from` to `to` (exclusive), fetched where needed, page by page because only so many are held. */
  async slice(from: number, to: number): Promise<T[]> {
    const rows: T[] = [];
    for (let index = from; index < to; index += 1) {
      if (index === from || index % PAGE_ROWS === 0) await this.need(index, index + 1);
      const row = this.at(index);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  /** Rows that are held now, those fetched longest ago first. */
  loaded(): T[] {
    return [...this.#pages.values()].flat().filter((row) => row !== undefined);
  }

  /** Puts a first page that came with another answer, such as a search's. */
  seed(rows: readonly T[], total: number): void {
    this.#total = total;
    const pages = new Map<number, readonly T[]>();
    for (let start = 0; start < rows.length; start += PAGE_ROWS) {
      const page = rows.slice(start, start + PAGE_ROWS);
      if (page.length === PAGE_ROWS || start + page.length === total) pages.set(start / PAGE_ROWS, page);
    }
    this.#pages = pages;
  }

  /** Changes one row in place, such as after a tag was added. */
  update(matches: (row: T) => boolean, change: (row: T) => T): void {
    this.#pages = new Map(
      [...this.#pages].map(([page, rows]) => [
        page,
        rows.map((row) => (row !== undefined && matches(row) ? change(row) : row)),
      ]),
    );
  }

  /** No page is fetched any more; what is there stays. */
  stop(): void {
    this.#abort.abort();
  }

  #fetch(page: number): Promise<void> {
    const running = this.#loading.get(page);
    if (running) return running;
    const started = this.#fetchNow(page).finally(() => this.#loading.delete(page));
    this.#loading.set(page, started);
    return started;
  }

  async #fetchNow(page: number): Promise<void> {
    try {
      const { rows, total } = await this.#load(page * PAGE_ROWS, PAGE_ROWS, this.#abort.signal);
      if (this.#abort.signal.aborted) return;
      this.#total = total;
      const pages = new Map(this.#pages).set(page, rows);
      // A map keeps the order of insertion: the first is the one fetched longest ago.
      for (const old of pages.keys()) if (pages.size > MAX_PAGES) pages.delete(old);
      this.#pages = pages;
    } catch (thrown) {
      if (!this.#abort.signal.aborted) this.#failed(thrown);
    }
  }
}
