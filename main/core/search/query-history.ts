import type { Output, Request } from '../../../preload/contract/methods.ts';
import { Rules, type StableRules } from '../../../preload/contract/saved.ts';
import type { SearchAnswer } from '../../../preload/contract/search.ts';
import type { Archive } from '../store/archive.ts';
import type { NewQuery } from '../store/query-log.ts';
import { savedChips } from './saved-chips.ts';
import { identifyingPart } from './saved-words.ts';
import type { Search } from './search.ts';

/** A query waits for no disk: what was asked lately is written together. */
const WRITE_AFTER_MS = 1_000;

/** The queries of an archive as they were asked, for whoever wants to ask one again. */
export function createQueryHistory({ archive, search }: { archive: Archive; search: Search }) {
  const { queryLog: log, settings } = archive;
  const chips = savedChips(archive);
  let waiting: NewQuery[] = [];
  let timer: NodeJS.Timeout | undefined;

  const isOn = (): boolean => settings.get('queryHistory') !== 'off';

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const some = waiting;
    waiting = [];
    if (some.length > 0 && archive.db.open) archive.transaction(() => log.add(some));
  }

  return {
    /** Notes a query that was answered, unless its words look as if they identify a person. */
    note(request: Request<'search.run'>, { formula, total, standOut, snapshot }: SearchAnswer): void {
      if (!isOn() || identifyingPart(request) !== null) return;
      const kept = chips.keepable(Rules.parse(request));
      if (!kept) return;
      const { id: modelId } = search.askedBy(snapshot).model;
      const at = new Date().toISOString();
      waiting.push({ at, rules: JSON.stringify(kept), formula, modelId, total, standOut });
      timer ??= setTimeout(write, WRITE_AFTER_MS).unref();
    },
    list({ limit }: Request<'history.list'>): Output<'history.list'> {
      write();
      const entries = log.list(limit).map(({ id, at, rules, formula, total, standOut }) => ({
        ...{ entryId: id, at, formula, total, standOut },
        // Written above.
        rules: chips.askable(JSON.parse(rules) as StableRules),
      }));
      return { on: isOn(), entries, total: log.count() };
    },
    clear(): Output<'history.clear'> {
      write();
      return { removed: log.clear() };
    },
    keep({ on }: Request<'history.keep'>): Output<'history.keep'> {
      write();
      settings.set('queryHistory', on ? 'on' : 'off');
      return { on };
    },
    close: write,
  };
}
export type QueryHistory = ReturnType<typeof createQueryHistory>;
