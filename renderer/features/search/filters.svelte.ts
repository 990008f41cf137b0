import type { Output } from '../../../preload/contract/methods.ts';
import { baseName } from '../../ui/format.ts';
import { refusal, type Client } from '../../client/client.ts';

export type Facet = Output<'items.facets'>['facets'][number];

export interface Filter {
  readonly name: string;
  readonly title: string;
  readonly value: string;
}

/** A facet's value as people read it: of a source, the folder's own name. */
export const valueText = (name: string, value: string): string =>
  value === '' ? 'not given' : name === 'source' ? baseName(value) : value;

/** Name of a filter that is a whole expression. */
const TYPED = '';

/** The filters in use and, for each that could be, how many items it would leave. */
export class Filters {
  #client: Client;
  #abort: AbortController | undefined;
  #facets = $state.raw<readonly Facet[]>([]);
  #chosen = $state.raw<readonly Filter[]>([]);

  constructor(client: Client) {
    this.#client = client;
  }

  get facets(): readonly Facet[] {
    return this.#facets;
  }

  get chosen(): readonly Filter[] {
    return this.#chosen;
  }

  get where(): string[] {
    return this.#chosen.map(({ name, value }) => {
      if (name === TYPED) return value;
      return value === '' ? `${name}=` : `${name}="${value.replace(/[\\"]/g, '\\$&')}"`;
    });
  }

  isOn(name: string, value: string): boolean {
    return this.#chosen.some((filter) => filter.name === name && filter.value === value);
  }

  restore(filters: readonly Filter[]): void {
    this.#chosen = filters;
  }

  /** Filters are joined by "and", so one facet has one value at a time: choosing another replaces it. */
  toggle(filter: Filter): void {
    const others = this.#chosen.filter(({ name }) => name !== filter.name);
    this.#chosen = this.isOn(filter.name, filter.value) ? others : [...others, filter];
  }

  /** The expression that was typed, if any. */
  get typed(): string {
    return this.#chosen.find(({ name }) => name === TYPED)?.value ?? '';
  }

  type(expression: string): void {
    const others = this.#chosen.filter(({ name }) => name !== TYPED);
    const value = expression.trim();
    this.#chosen = value === '' ? others : [...others, { name: TYPED, title: 'Where', value }];
  }

  clear(): void {
    this.#chosen = [];
  }

  async refresh(): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    try {
      const { facets } = await this.#client('items.facets', { where: this.where }, abort.signal);
      if (!abort.signal.aborted) this.#facets = facets;
    } catch (thrown) {
      // The list beside it tells why; old counts would lie, so they go.
      refusal(thrown);
      if (!abort.signal.aborted) this.#facets = [];
    }
  }
}
