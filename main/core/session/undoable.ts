import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import type { SavedSearch } from '../../../preload/contract/saved.ts';
import type { Undo } from '../curate/undo.ts';
import type { Vocabularies } from '../label/vocabularies.ts';
import type { Evaluations } from '../search/evaluation/evaluations.ts';
import type { SavedSearches } from '../search/saved/saved-searches.ts';
import type { Archive } from '../store/archive.ts';
import type { UndoStep } from '../store/undo.ts';

/** How things of one kind go out of sight, come back into it, and go for good; each within a transaction. */
interface Removable {
  /** @returns what the step is called; null where there is none of that number. */
  readonly hide: (id: number, at: string) => string | null;
  /** @returns false where it is gone for good, or something else has its place. */
  readonly show: (id: number) => boolean;
  /** It can no longer come back. */
  readonly purge: (id: number) => void;
}

/** Within a transaction, in turn. @returns false where there is none of that number. */
type RemoveNow = (id: number) => boolean;

/** What removes one as a step that can be taken back, and does what includes such removals. */
function undoableRemoval(archive: Archive, undo: Undo, kind: string, how: Removable) {
  const now = () => new Date().toISOString();
  const idOf = ({ payload }: UndoStep): number => (JSON.parse(payload) as { id: number }).id;
  undo.define(kind, {
    undo: (step, settle) =>
      archive.transaction(() => {
        if (how.show(idOf(step))) settle();
      }),
    redo: (step, settle) =>
      archive.transaction(() => {
        if (how.hide(idOf(step), now()) !== null) settle();
      }),
    dropped: (step) => how.purge(idOf(step)),
  });
  const removeNow: RemoveNow = (id) => {
    const name = how.hide(id, now());
    if (name !== null) undo.add(kind, name, { id });
    return name !== null;
  };
  const commit = <T>(work: (remove: RemoveNow) => T): Promise<T> =>
    undo.inTurn(async () => archive.transaction(() => work(removeNow)));
  return { commit, remove: (id: number): Promise<boolean> => commit((remove) => remove(id)) };
}

/** Saved searches whose removal can be taken back. */
export function undoableSaved(archive: Archive, undo: Undo, saved: SavedSearches) {
  const store = archive.saved;
  const { commit, remove } = undoableRemoval(archive, undo, 'saved.remove', {
    hide: (id, at) => (store.remove(id, at) ? `remove the saved search “${store.nameOf(id) ?? ''}”` : null),
    show: saved.restore,
    purge: store.purge,
  });
  return {
    ...saved,
    remove,
    /** @throws as `SavedSearches.save` */
    save: (request: Request<'saved.save'>, signal: AbortSignal): Promise<SavedSearch> =>
      saved.save(request, commit, signal),
  };
}

/** Evaluations of search; the same. */
export function undoableEvaluations(archive: Archive, undo: Undo, evaluations: Evaluations) {
  const store = archive.evaluations;
  const { remove } = undoableRemoval(archive, undo, 'evaluation.remove', {
    hide: (id, at) => (store.remove(id, at) ? `remove evaluation ${id}` : null),
    show: store.restore,
    purge: store.purge,
  });
  return { ...evaluations, remove };
}

/** Vocabularies; the same. */
export function undoableVocabularies(archive: Archive, undo: Undo, vocabularies: Vocabularies) {
  const store = archive.vocabularies;
  const { remove } = undoableRemoval(archive, undo, 'vocabulary.remove', {
    hide(id, at) {
      const system = store.hide(id, at);
      return system === null ? null : `remove the vocabulary “${system}”`;
    },
    // Another import of its system may have taken its place.
    show: store.unhide,
    purge(id) {
      if (store.leaveHidden(id)) setImmediate(() => void vocabularies.sweep());
    },
  });
  return {
    ...vocabularies,
    /** @throws ArchiveError `vocabulary.unknown` */
    async remove({ vocabularyId, free }: Request<'vocabulary.remove'>): Promise<Output<'vocabulary.remove'>> {
      if (free) await vocabularies.free(vocabularyId);
      else if (!(await remove(vocabularyId))) throw new ArchiveError('vocabulary.unknown', { vocabularyId });
      return {};
    },
  };
}
