import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { Output } from '../../../../preload/contract/methods.ts';
import type { Rules } from '../../../../preload/contract/saved.ts';
import type { Archive } from '../../store/archive.ts';
import type { SavedSearchRow } from '../../store/saved-searches.ts';
import { difference } from './saved-compare.ts';
import { runRules } from './saved-run.ts';
import type { Search } from '../search.ts';

export type SavedNews = Output<'saved.news'>['news'][number];

interface NewsParts {
  readonly archive: Archive;
  readonly search: Search;
  /** Ready to be asked. @throws ArchiveError where something of the query has gone */
  readonly askable: (row: SavedSearchRow) => Promise<Rules>;
}

/** Counts that are kept, each of one state of the archive. */
const MOST_KEPT = 1_000;

/** How many came and went in every saved search; asked again only where something has changed. */
export function savedNews({ archive, search, askable }: NewsParts) {
  const store = archive.saved;
  const known = new Map<string, Omit<SavedNews, 'savedId'>>();

  /** Null where nothing can be said. */
  async function newsOf(row: SavedSearchRow, identity: string, signal: AbortSignal) {
    const was = store.results(row.id).find((one) => one.identity === identity);
    if (!was) return null;
    const generation = Number(archive.settings.get('generation') ?? 0);
    const { version } = search.abbreviations.current();
    if (was.generation === generation && was.dictionary === version) return { new: 0, gone: 0 };
    const key = [row.id, was.id, generation, version].join(' ');
    const before = known.get(key);
    if (before) return before;
    try {
      const fresh = await runRules({ archive, search }, await askable(row), signal);
      if (fresh.model.identity !== identity) return null;
      const { added, gone } = difference(was, store.hits(was.id), fresh);
      const counts = { new: added.length, gone: gone.length };
      if (known.size >= MOST_KEPT) known.clear();
      known.set(key, counts);
      return counts;
    } catch (thrown) {
      // Such as an example that has gone: opening the search says so.
      if (thrown instanceof ArchiveError && thrown.code !== 'request.cancelled') return null;
      throw thrown;
    }
  }

  return async (identity: string, signal: AbortSignal): Promise<SavedNews[]> => {
    const found: SavedNews[] = [];
    for (const row of store.list()) {
      const counts = await newsOf(row, identity, signal);
      if (counts) found.push({ savedId: row.id, ...counts });
    }
    return found;
  };
}
