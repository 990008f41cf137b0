import type { Output, Request } from '../../../../preload/contract/methods.ts';
import { Rules, type StableRules } from '../../../../preload/contract/saved.ts';
import type { SearchAnswer } from '../../../../preload/contract/search.ts';
import type { Archive } from '../../store/archive.ts';
import { type LoggedQuery, MOST_LOGGED, type NewQuery } from '../../store/query-log.ts';
import { savedChips } from './saved-chips.ts';
import { identifyingPart } from './saved-words.ts';
import type { Search } from '../search.ts';

/** A query waits for no disk: what was asked lately is written together. */
const WRITE_AFTER_MS = 1_000;

export interface HistoryParts {
  readonly archive: Archive;
  readonly search: Search;
  /** Queries could not be written, which hinders nobody's search. */
  readonly onUnwritten: (thrown: unknown) => void;
}

/**
 * The queries of an archive as they were asked, for whoever wants to ask one again. A name that somebody types into a query
 * cannot be told from other words for sure: they are remembered for the session, and written only where that is asked for.
 */
export function createQueryHistory({ archive, search, onUnwritten }: HistoryParts) {
  const { queryLog: log, settings } = archive;
  const chips = savedChips(archive);
  /** Newest first, under numbers below those of any row. */
  let remembered: readonly LoggedQuery[] = [];
  let lastNumber = 0;
  let waiting: NewQuery[] = [];
  let timer: NodeJS.Timeout | undefined;

  const isOn = (): boolean => settings.get('queryHistory') === 'on';

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const some = waiting;
    waiting = [];
    if (some.length > 0 && archive.db.open) archive.transaction(() => log.add(some));
  }

  function writeLater(): void {
    try {
      write();
    } catch (thrown) {
      onUnwritten(thrown);
    }
  }

  return {
    /** Notes a query that was answered, unless its words look as if they identify a person. */
    note(request: Request<'search.run'>, { formula, total, standOut, snapshot }: SearchAnswer): void {
      if (identifyingPart(request) !== null) return;
      const kept = chips.keepable(Rules.parse(request));
      if (!kept) return;
      const { id: modelId } = search.askedBy(snapshot).model;
      const at = new Date().toISOString();
      const query = { at, rules: JSON.stringify(kept), formula, modelId, total, standOut };
      remembered = remembered.filter(({ rules }) => rules !== query.rules);
      if (isOn()) {
        waiting.push(query);
        timer ??= setTimeout(writeLater, WRITE_AFTER_MS).unref();
      } else {
        lastNumber -= 1;
        remembered = [{ id: lastNumber, ...query }, ...remembered].slice(0, MOST_LOGGED);
      }
    },
    list({ limit }: Request<'history.list'>): Output<'history.list'> {
      write();
      // Each list is in order; a sort of two such lists takes them together and turns nothing around.
      const newest = [...remembered, ...log.list(limit)].sort((a, b) => b.at.localeCompare(a.at));
      const entries = newest.slice(0, limit).map(({ id, at, rules, formula, total, standOut }) => ({
        ...{ entryId: id, at, formula, total, standOut },
        // Written above.
        rules: chips.askable(JSON.parse(rules) as StableRules),
      }));
      return { on: isOn(), entries, total: remembered.length + log.count() };
    },
    clear(): Output<'history.clear'> {
      write();
      const removed = remembered.length + log.clear();
      remembered = [];
      return { removed };
    },
    keep({ on }: Request<'history.keep'>): Output<'history.keep'> {
      write();
      settings.set('queryHistory', on ? 'on' : 'off');
      return { on };
    },
    close: writeLater,
  };
}
export type QueryHistory = ReturnType<typeof createQueryHistory>;
