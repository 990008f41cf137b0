import type { Match } from '../../../preload/contract/search.ts';

/** All hits, or only the best of each series, study or patient. */
export type Grouping = 'none' | 'series' | 'study' | 'patient';

/** How a query is answered, apart from what it asks. */
export interface Switched {
  readonly match: Match;
  readonly grouping: Grouping;
}

/** By series at first: a CT of 300 slices is one finding, not a page of them. */
const initial: Switched = { match: 'meaning', grouping: 'series' };

export class Switches {
  #now = $state.raw<Switched>(initial);

  get now(): Switched {
    return this.#now;
  }

  set(change: Partial<Switched>): void {
    this.#now = { ...this.#now, ...change };
  }

  /** What `search.run` is asked with. */
  get wish() {
    const { match, grouping } = this.#now;
    return { match, ...(grouping === 'none' ? {} : { group: grouping }) };
  }
}
