import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { Request } from '../../../../preload/contract/methods.ts';
import type {
  Rules,
  SavedComparison,
  SavedDocument,
  SavedResult,
  SavedSearch,
  StableRules,
} from '../../../../preload/contract/saved.ts';
import { beginningOf } from '../../domain/cut-text.ts';
import type { Archive } from '../../store/archive.ts';
import type { ResultRow, SavedSearchRow } from '../../store/saved-searches.ts';
import type { QueryModel } from '../chips.ts';
import type { HeldImages } from '../held-images.ts';
import { savedChips } from './saved-chips.ts';
import { difference, explained } from './saved-compare.ts';
import { documentOf, importDocument } from './saved-documents.ts';
import { savedNews, type SavedNews } from './saved-news.ts';
import { savedPictures } from './saved-pictures.ts';
import { type FreshResult, runRules } from './saved-run.ts';
import { refuseIdentifying, refuseIdentifyingDocument } from './saved-words.ts';
import type { Search } from '../search.ts';

export interface SavedSearchParts {
  readonly archive: Archive;
  readonly model: () => QueryModel | Promise<QueryModel>;
  readonly search: Search;
  readonly heldImages: HeldImages;
}

const MOST_RESULTS = 20;

/** Searches that are kept with what they found, and what has changed since. */
export function createSavedSearches({ archive, model, search, heldImages }: SavedSearchParts) {
  const store = archive.saved;
  const chips = savedChips(archive);
  const pictures = savedPictures(archive, heldImages);

  /** Of the model in use; null where there is none, which hinders no list. */
  async function activeIdentity(): Promise<string | null> {
    try {
      return (await model()).row.identity;
    } catch (thrown) {
      if (thrown instanceof ArchiveError) return null;
      throw thrown;
    }
  }

  /** @throws ArchiveError `saved.unknown` */
  function rowOf(savedId: number): SavedSearchRow {
    const row = store.get(savedId);
    if (!row) throw new ArchiveError('saved.unknown', { savedId });
    return row;
  }

  function shown(row: SavedSearchRow, identity: string | null, results: readonly ResultRow[]): SavedSearch {
    const own = results.find((one) => one.identity === identity);
    // A search is saved together with its first result, and the newest is never dropped.
    const result = own ?? (results[0] as ResultRow);
    return {
      savedId: row.id,
      name: row.name,
      savedAt: row.savedAt,
      rules: chips.askable(rulesOf(row)),
      formula: result.formula,
      pictures: pictures.of(row.id),
      result: resultOf(result),
      comparable: own !== undefined,
    };
  }

  const get = async (savedId: number): Promise<SavedSearch> =>
    shown(rowOf(savedId), await activeIdentity(), store.results(savedId));

  /** Ready to be asked: its items by number, its pictures in memory. @throws ArchiveError `item.unknown`, `region.unknown`, `saved.picture` */
  async function askable(row: SavedSearchRow): Promise<Rules> {
    pictures.hold(row.id, rulesOf(row), (await model()).row);
    return chips.ask(rulesOf(row));
  }

  function keep(savedId: number, { result, vector, hits }: FreshResult): void {
    store.addResult(savedId, { ...result, vector: bytesOf(vector) }, hits);
    store.keepNewest(savedId, MOST_RESULTS);
  }

  /** @throws ArchiveError `saved.exists` */
  function refuseTaken(name: string, savedId: number | null): void {
    const other = store.byName(name);
    if (other && other.id !== savedId) throw new ArchiveError('saved.exists', { name });
  }

  async function compare(
    { savedId, resultId, limit }: Request<'saved.compare'>,
    signal: AbortSignal,
  ): Promise<SavedComparison> {
    const row = rowOf(savedId);
    const results = store.results(savedId);
    const { row: active } = await model();
    const asked = results.find(({ id }) => id === resultId);
    if (resultId !== undefined && !asked) throw new ArchiveError('saved.unknown', { savedId, resultId });
    const was = asked ?? results.find(({ identity }) => identity === active.identity) ?? results[0];
    if (!was) throw new ArchiveError('saved.unknown', { savedId });
    const { identity, bundleId: modelId } = active;
    if (was.identity !== identity) return { is: 'other-model', was: resultOf(was), modelId, identity };
    const rules = await askable(row);
    const fresh = await runRules({ archive, search }, rules, signal);
    // Made active meanwhile: two models are never compared.
    if (fresh.model.identity !== was.identity) return compare({ savedId, resultId, limit }, signal);
    const changes = difference(was, store.hits(was.id), fresh);
    const reasons = await explained({ archive, search }, { was, rules, fresh, limit }, changes, signal);
    const { stayed, added, gone } = changes;
    const now = { ...fresh.result, modelId, identity, kept: fresh.hits.length };
    return {
      is: 'compared',
      was: resultOf(was),
      now: shape(now),
      stayed,
      newTotal: added.length,
      goneTotal: gone.length,
      ...reasons,
    };
  }

  const news = savedNews({ archive, search, askable });

  return {
    get,
    async list(): Promise<SavedSearch[]> {
      const identity = await activeIdentity();
      return store.list().map((row) => shown(row, identity, store.results(row.id)));
    },
    /** With all its results, and its pictures ready to be asked with. */
    async detail(savedId: number): Promise<SavedSearch & { results: SavedResult[] }> {
      const row = rowOf(savedId);
      const identity = await activeIdentity();
      if (identity !== null) pictures.holdSome(savedId, (await model()).row);
      const results = store.results(savedId);
      return { ...shown(row, identity, results), results: results.map(resultOf) };
    },
    /** @throws ArchiveError `saved.exists`, `saved.identifying`, and as `search.run` */
    async save(
      { name, rules, replace }: Request<'saved.save'>,
      /** Writes it all in one transaction. */
      commit: <T>(write: (remove: (savedId: number) => unknown) => T) => Promise<T>,
      signal: AbortSignal,
    ): Promise<SavedSearch> {
      refuseIdentifying(name, rules);
      if (!replace) refuseTaken(name, null);
      const stable = chips.keep(rules);
      const fresh = await runRules({ archive, search }, rules, signal);
      const savedId = await commit((remove) => {
        const before = store.byName(name);
        if (before && replace) remove(before.id);
        else refuseTaken(name, null);
        const added = store.add(name, JSON.stringify(stable), fresh.result.at);
        pictures.keep(added, stable, fresh.model);
        keep(added, fresh);
        return added;
      });
      return get(savedId);
    },
    async rename({ savedId, name }: Request<'saved.rename'>): Promise<SavedSearch> {
      const row = rowOf(savedId);
      refuseIdentifying(name, rulesOf(row));
      refuseTaken(name, savedId);
      store.rename(savedId, name);
      return get(savedId);
    },
    /** One that was removed, if it is still there; under another name where its own was given away meanwhile. */
    restore(savedId: number): boolean {
      const name = store.nameOf(savedId);
      if (name === undefined) return false;
      let free = name;
      for (let count = 2; store.byName(free); count += 1) free = `${beginningOf(name, 110)} (${count})`;
      store.rename(savedId, free);
      return store.restore(savedId);
    },
    compare,
    /** @throws ArchiveError `saved.picture`, and as `search.run` */
    async freeze(savedId: number, signal: AbortSignal): Promise<SavedSearch> {
      const row = rowOf(savedId);
      const fresh = await runRules({ archive, search }, await askable(row), signal);
      archive.transaction(() => {
        pictures.keep(savedId, rulesOf(rowOf(savedId)), fresh.model);
        keep(savedId, fresh);
      });
      return get(savedId);
    },
    /** Of those that the model in use can be asked about. @throws ArchiveError `request.cancelled` */
    async news(signal: AbortSignal): Promise<SavedNews[]> {
      const identity = await activeIdentity();
      return identity === null ? [] : news(identity, signal);
    },
    export: (savedId: number): SavedDocument => documentOf(archive, rowOf(savedId)),
    /** @throws ArchiveError `saved.exists`, `saved.identifying`, `saved.model`, `filter.invalid` */
    async import({ document, name = document.name }: Request<'saved.import'>) {
      refuseIdentifyingDocument(name, document);
      refuseTaken(name, null);
      const { savedId, unknownItems } = importDocument(archive, document, name);
      return { saved: await get(savedId), unknownItems };
    },
  };
}
export type SavedSearches = ReturnType<typeof createSavedSearches>;

const rulesOf = ({ rules }: SavedSearchRow): StableRules => JSON.parse(rules) as StableRules;
const bytesOf = (vector: Float32Array): Uint8Array =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);

/** Without what only the store needs. */
function shape(row: Omit<SavedResult, 'resultId'>): Omit<SavedResult, 'resultId'> {
  const { at, modelId, identity, generation, dictionary, formula, total, standOut, kept, line, drawn } = row;
  return { at, modelId, identity, generation, dictionary, formula, total, standOut, kept, line, drawn };
}

const resultOf = ({ id, bundleId, ...row }: ResultRow): SavedResult => ({
  resultId: id,
  ...shape({ ...row, modelId: bundleId }),
});
