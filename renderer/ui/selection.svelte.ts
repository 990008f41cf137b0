// Maps and sets here are replaced as a whole under $state.raw, never changed in place.
/* eslint-disable svelte/prefer-svelte-reactivity */
/**
 * Which entries of a long list are selected. "Everything" is a state of its own with exceptions, so that Ctrl+A
 * on 100,000 entries neither loads nor copies them.
 */
export class Selection {
  #ids = $state.raw<ReadonlySet<number>>(new Set());
  #everything = $state(false);
  #anchor = 0;
  #restarts = $state(0);
  /** Index of the entry that keys act on. */
  active = $state(0);

  has(id: number): boolean {
    return this.#everything !== this.#ids.has(id);
  }

  /** All but `except` when everything is selected, else exactly `ids`. */
  get chosen():
    | { readonly is: 'some'; readonly ids: ReadonlySet<number> }
    | {
        readonly is: 'all-but';
        readonly except: ReadonlySet<number>;
      } {
    return this.#everything ? { is: 'all-but', except: this.#ids } : { is: 'some', ids: this.#ids };
  }

  /** How many of a list of `total`. */
  count(total: number): number {
    return this.#everything ? Math.max(0, total - this.#ids.size) : this.#ids.size;
  }

  only(index: number, id: number): void {
    this.#everything = false;
    this.#ids = new Set([id]);
    this.#anchor = this.active = index;
  }

  toggle(index: number, id: number): void {
    const ids = new Set(this.#ids);
    if (!ids.delete(id)) ids.add(id);
    this.#ids = ids;
    this.#anchor = this.active = index;
  }

  /** From the last entry selected by itself to `index`; `idsOf` fetches what is not loaded yet. */
  async range(index: number, idsOf: (from: number, to: number) => Promise<readonly number[]>): Promise<void> {
    this.active = index;
    const from = Math.min(this.#anchor, index);
    const to = Math.max(this.#anchor, index) + 1;
    const ids = await idsOf(from, to);
    this.#everything = false;
    this.#ids = new Set(ids);
  }

  everything(): void {
    this.#everything = true;
    this.#ids = new Set();
  }

  clear(): void {
    this.#everything = false;
    this.#ids = new Set();
  }

  /** Changes with every different list, which is read from its beginning. */
  get restarts(): number {
    return this.#restarts;
  }

  /** A different list: no entry of the old one is active. The selection itself stays. */
  restart(): void {
    this.active = 0;
    this.#anchor = 0;
    this.#restarts += 1;
  }
}
