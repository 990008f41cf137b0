import type { ApartFrom, Arrangement, Match } from '../../../preload/contract/search.ts';

const KEY = 'vitrine.switches';

/** All hits, or only the best of each series, study, slide or patient. */
export type Grouping = 'none' | 'series' | 'study' | 'slide' | 'patient';

/** How a query is answered, apart from what it asks. */
export interface Switched {
  readonly match: Match;
  readonly grouping: Grouping;
  /** How many of each group. */
  readonly perGroup: number;
  /** What results must not share with the items of the query. */
  readonly apartFrom: ApartFrom | 'none';
  readonly order: Arrangement;
}

/** By series at first: a CT of 300 slices is one finding, not a page of them. */
const initial: Switched = {
  match: 'meaning',
  grouping: 'series',
  perGroup: 1,
  apartFrom: 'none',
  order: 'rank',
};

/** They stay as they were put, also after a reload; they say nothing about what was searched. */
export class Switches {
  #now = $state.raw<Switched>(load());

  get now(): Switched {
    return this.#now;
  }

  set(change: Partial<Switched>): void {
    this.#now = { ...this.#now, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#now));
    } catch {
      // Without storage they last as long as the window.
    }
  }

  /** What `search.run` is asked with. */
  get wish() {
    const { match, grouping, perGroup, apartFrom, order } = this.#now;
    return {
      match,
      order,
      ...(grouping === 'none' ? {} : { group: grouping, perGroup }),
      ...(apartFrom === 'none' ? {} : { apartFrom }),
    };
  }
}

function load(): Switched {
  try {
    return { ...initial, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Switched>) };
  } catch {
    return initial;
  }
}
