import type { Request } from '../../../preload/contract/methods.ts';
import type { SavedSearch } from '../../../preload/contract/saved.ts';
import type { Undo } from '../curate/undo.ts';
import type { SavedSearches } from '../search/saved-searches.ts';
import type { Archive } from '../store/archive.ts';
import type { UndoStep } from '../store/undo.ts';

const REMOVED = 'saved.remove';

/** Saved searches whose removal can be taken back: it is out of sight first, and gone when its step is. */
export function undoableSaved(archive: Archive, undo: Undo, saved: SavedSearches) {
  const store = archive.saved;
  const idOf = ({ payload }: UndoStep): number => (JSON.parse(payload) as { savedId: number }).savedId;
  const now = () => new Date().toISOString();

  undo.define(REMOVED, {
    undo: (step, settle) =>
      archive.transaction(() => {
        saved.restore(idOf(step));
        settle();
      }),
    redo: (step, settle) =>
      archive.transaction(() => {
        store.remove(idOf(step), now());
        settle();
      }),
    dropped: (step) => store.purge(idOf(step)),
  });

  const remove = (savedId: number): boolean =>
    archive.transaction(() => {
      const row = store.get(savedId);
      if (!row || !store.remove(savedId, now())) return false;
      undo.add(REMOVED, `remove the saved search “${row.name}”`, { savedId });
      return true;
    });

  return {
    ...saved,
    remove,
    /** @throws as `SavedSearches.save` */
    save: (request: Request<'saved.save'>, signal: AbortSignal): Promise<SavedSearch> =>
      saved.save(request, (savedId) => void remove(savedId), signal),
  };
}
