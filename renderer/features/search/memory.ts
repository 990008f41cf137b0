import type { Filter } from './filters.svelte.ts';
import type { Part } from './parts.ts';

const KEY = 'vitrine.search';

interface Remembered {
  readonly parts: readonly Part[];
  readonly filters: readonly Filter[];
  /** Set by hand; null leaves it to the query. */
  readonly line: number | null;
}

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
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Remembered | null;
    if (kept) return kept;
  } catch {
    // Unreadable: start empty.
  }
  return { parts: [], filters: [], line: null };
}
