import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Item } from '../../../preload/contract/items.ts';
import type { Hit, SearchAnswer } from '../../../preload/contract/search.ts';

export type Row = Item | Hit;
export const isHit = (row: Row): row is Hit => 'similarity' in row;

/** An answer without its hits, which are a list of their own. */
export type Summary = Omit<SearchAnswer, 'hits'>;

export type Outcome =
  | { readonly is: 'browsing' }
  | { readonly is: 'found'; readonly answer: Summary }
  | { readonly is: 'failed'; readonly error: ArchiveError };
