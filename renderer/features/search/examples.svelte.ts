// Maps here are replaced as a whole under $state.raw, never changed in place.
/* eslint-disable svelte/prefer-svelte-reactivity */
import type { ItemId } from '../../../preload/contract/ids.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import type { Client } from '../../client/client.ts';

export type Mark = 'wanted' | 'unwanted';
type Marks = ReadonlyMap<ItemId, Mark>;
export type Learned = Output<'search.learn'>;

const KEPT = 100;
/** The contract's limit for either kind. */
export const MOST_EXAMPLES = 1000;

/** Items that somebody marked as wanted or not wanted, and what was learned from them. */
export class Examples {
  #client: Client;
  #marks = $state.raw<Marks>(new Map());
  #before = $state.raw<readonly Marks[]>([]);
  #learned = $state.raw<{ readonly from: Marks; readonly answer: Learned } | null>(null);
  #learning = $state(false);

  constructor(client: Client) {
    this.#client = client;
  }

  of(itemId: ItemId): Mark | null {
    return this.#marks.get(itemId) ?? null;
  }

  get wanted(): readonly ItemId[] {
    return this.#those('wanted');
  }
  get unwanted(): readonly ItemId[] {
    return this.#those('unwanted');
  }
  get canUndo(): boolean {
    return this.#before.length > 0;
  }
  get learning(): boolean {
    return this.#learning;
  }
  /** What was learned last; `isCurrent` until another item is marked. */
  get learned(): { readonly answer: Learned; readonly isCurrent: boolean } | null {
    return this.#learned && { answer: this.#learned.answer, isCurrent: this.#learned.from === this.#marks };
  }

  /** Marks items; those that all have the mark lose it. */
  mark(itemIds: readonly ItemId[], mark: Mark): void {
    if (itemIds.length === 0) return;
    const marks = new Map(this.#marks);
    const takesBack = itemIds.every((itemId) => marks.get(itemId) === mark);
    for (const itemId of itemIds) {
      if (takesBack) marks.delete(itemId);
      else marks.set(itemId, mark);
    }
    this.#put(marks);
  }

  clear(): void {
    if (this.#marks.size > 0) this.#put(new Map());
  }

  /** Takes the last marking back. */
  undo(): void {
    const marks = this.#before.at(-1);
    if (!marks) return;
    this.#before = this.#before.slice(0, -1);
    this.#marks = marks;
  }

  /** Another archive: its items have other numbers. */
  forget(): void {
    this.#marks = new Map();
    this.#before = [];
    this.#learned = null;
  }

  /** @throws ArchiveError as `search.learn` */
  async learn(): Promise<Learned> {
    const from = this.#marks;
    this.#learning = true;
    try {
      const { wanted, unwanted } = this;
      const answer = await this.#client('search.learn', { wanted: [...wanted], unwanted: [...unwanted] });
      this.#learned = { from, answer };
      return answer;
    } finally {
      this.#learning = false;
    }
  }

  #put(marks: Marks): void {
    this.#before = [...this.#before, this.#marks].slice(-KEPT);
    this.#marks = marks;
  }

  #those(mark: Mark): ItemId[] {
    return [...this.#marks].flatMap(([itemId, own]) => (own === mark ? [itemId] : []));
  }
}
