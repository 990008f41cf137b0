import type { Filter } from './filters.svelte.ts';
import type { Part } from './parts.ts';
import type { Meanings } from './query.svelte.ts';

const KEY = 'vitrine.search';

interface Remembered {
  readonly parts: readonly Part[];
  /** Of abbreviations. */
  readonly meanings: Meanings;
  readonly expand: boolean;
  readonly filters: readonly Filter[];
  /** Set by hand; null leaves it to the query. */
  readonly line: number | null;
}

const nothing: Remembered = { parts: [], meanings: {}, expand: true, filters: [], line: null };

/**
 * The query survives a reload but not the window: words can contain patient details, so they are neither put into
 * the address nor into lasting storage.
 */
export function remember(query: Remembered): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(query));
  } catch {
    // Without storage a reload starts with an empty query.
  }
}

export function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}

export function recall(): Remembered {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Partial<Remembered> | null;
    if (kept) return { ...nothing, ...kept };
  } catch {
    // Unreadable: start empty.
  }
  return nothing;
}
