import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import type { SavedSearch } from '../../../preload/contract/saved.ts';
import type { Undo } from '../curate/undo.ts';
import type { Vocabularies } from '../label/vocabularies.ts';
import type { SavedSearches } from '../search/saved-searches.ts';
import type { Archive } from '../store/archive.ts';
import type { UndoStep } from '../store/undo.ts';

const REMOVED = 'saved.remove';
const VOCABULARY_REMOVED = 'vocabulary.remove';

const now = () => new Date().toISOString();

/** Saved searches whose removal can be taken back: it is out of sight first, and gone when its step is. */
export function undoableSaved(archive: Archive, undo: Undo, saved: SavedSearches) {
  const store = archive.saved;
  const idOf = ({ payload }: UndoStep): number => (JSON.parse(payload) as { savedId: number }).savedId;

  undo.define(REMOVED, {
    undo: (step, settle) =>
      archive.transaction(() => {
        if (saved.restore(idOf(step))) settle();
      }),
    redo: (step, settle) =>
      archive.transaction(() => {
        if (store.remove(idOf(step), now())) settle();
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

/** Vocabularies whose removal can be taken back; the same. */
export function undoableVocabularies(archive: Archive, undo: Undo, vocabularies: Vocabularies) {
  const store = archive.vocabularies;
  const idOf = ({ payload }: UndoStep): number =>
    (JSON.parse(payload) as { vocabularyId: number }).vocabularyId;

  undo.define(VOCABULARY_REMOVED, {
    undo: (step, settle) =>
      archive.transaction(() => {
        // Another import of its system may have taken its place.
        if (store.unhide(idOf(step))) settle();
      }),
    redo: (step, settle) =>
      archive.transaction(() => {
        if (store.hide(idOf(step), now()) !== null) settle();
      }),
    dropped(step) {
      if (store.leaveHidden(idOf(step))) setImmediate(() => void vocabularies.sweep());
    },
  });

  return {
    ...vocabularies,
    /** @throws ArchiveError `vocabulary.unknown` */
    async remove({ vocabularyId, free }: Request<'vocabulary.remove'>): Promise<Output<'vocabulary.remove'>> {
      if (free) await vocabularies.free(vocabularyId);
      else
        archive.transaction(() => {
          const system = store.hide(vocabularyId, now());
          if (system === null) throw new ArchiveError('vocabulary.unknown', { vocabularyId });
          undo.add(VOCABULARY_REMOVED, `remove the vocabulary “${system}”`, { vocabularyId });
        });
      return {};
    },
  };
}
