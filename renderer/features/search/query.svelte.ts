import { baseName } from '../../ui/format.ts';
import type { Item } from '../../../preload/contract/items.ts';
import { chipOf, clampWeight, type NewPart, type Part } from './parts.ts';

export type Meanings = Readonly<Record<string, string | null>>;

/** What is asked: the parts of the query, and the words not yet made a part. */
export class Query {
  #nextKey = 1;
  #parts = $state.raw<readonly Part[]>([]);
  #meanings = $state.raw<Meanings>({});
  #expand = true;
  entry = $state('');

  get parts(): readonly Part[] {
    return this.#parts;
  }

  /** What somebody chose for abbreviations of this query; null leaves one as typed. */
  get meanings(): Meanings {
    return this.#meanings;
  }

  /** Whether abbreviations are written out; only a query that was kept may say no. */
  get expand(): boolean {
    return this.#expand;
  }

  /** What it asks, as the contract takes it. */
  get asked() {
    return { chips: this.#parts.map(chipOf), meanings: this.#meanings, expand: this.#expand };
  }

  mean(short: string, meaning: string | null): void {
    this.#meanings = { ...this.#meanings, [short]: meaning };
  }

  /** Puts back parts from before, under new keys. */
  restore(parts: readonly Part[], meanings: Meanings, expand = true): void {
    this.#meanings = meanings;
    this.#expand = expand;
    this.#parts = parts.map((part) => ({ ...part, key: this.#nextKey++ }));
  }

  add(part: NewPart): void {
    this.#parts = [...this.#parts, this.#made(part)];
  }

  change(key: number, change: { readonly weight?: number; readonly minus?: boolean }): void {
    this.#parts = this.#parts.map((part) =>
      part.key === key ? { ...part, ...change, weight: clampWeight(change.weight ?? part.weight) } : part,
    );
  }

  remove(key: number): void {
    this.#parts = this.#parts.filter((part) => part.key !== key);
  }

  /** Starts over with one item. */
  startFrom({ itemId, path, thumb }: Pick<Item, 'itemId' | 'path' | 'thumb'>): void {
    this.#parts = [this.#made({ type: 'item', itemId, name: baseName(path) || `item ${itemId}`, thumb })];
  }

  /** Takes the typed words as a part, if there are any. @returns whether there were. */
  takeEntry(): boolean {
    const text = this.entry.trim();
    this.entry = '';
    if (text !== '') this.add({ type: 'text', text });
    return text !== '';
  }

  clear(): void {
    this.#parts = [];
    this.#meanings = {};
    this.#expand = true;
    this.entry = '';
  }

  #made(part: NewPart): Part {
    return { weight: 1, minus: false, ...part, key: this.#nextKey++ };
  }
}
