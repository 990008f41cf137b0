import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { UndoState } from '../../../preload/contract/undo.ts';
import type { Archive } from '../store/archive.ts';
import type { UndoStep } from '../store/undo.ts';

/** How steps of one kind are taken back and done again; both may be told twice of a step that a killed program had begun. */
export interface StepKind {
  /**
   * `settle` is called within the transaction of the last of it. Where what it is about is gone for good, it is not, and
   * the step is forgotten.
   */
  readonly undo: (step: UndoStep, settle: () => void) => Promise<void> | void;
  readonly redo: (step: UndoStep, settle: () => void) => Promise<void> | void;
  /** What was done can no longer be taken back; within a transaction. */
  readonly dropped?: (step: UndoStep) => void;
}

/** The steps of an archive that can be taken back. They are made, taken back and done again one at a time. */
export function createUndo(archive: Archive, now: () => Date = () => new Date()) {
  const store = archive.undo;
  const kinds = new Map<string, StepKind>();
  let last: Promise<unknown> = Promise.resolve();

  const state = (): UndoState => ({ undo: store.last()?.name ?? null, redo: store.next()?.name ?? null });

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  function kindOf({ kind }: UndoStep): StepKind {
    const known = kinds.get(kind);
    if (!known) throw new RangeError(`no steps of kind ${kind}`);
    return known;
  }

  /** @throws ArchiveError `undo.other` where the step is not the one that is meant */
  const move = (way: 'undo' | 'redo', meant?: string): Promise<UndoState & { name: string | null }> =>
    inTurn(async () => {
      for (;;) {
        const step = way === 'undo' ? store.last() : store.next();
        if (!step) return { name: null, ...state() };
        if (meant !== undefined && step.name !== meant)
          throw new ArchiveError('undo.other', { name: step.name });
        let isSettled = false;
        await kindOf(step)[way](step, () => {
          store.setState(step.id, way === 'undo' ? 'undone' : 'done');
          isSettled = true;
        });
        if (isSettled) return { name: step.name, ...state() };
        store.forget(step.id);
      }
    });

  return {
    inTurn,
    state,
    undo: (meant?: string) => move('undo', meant),
    redo: (meant?: string) => move('redo', meant),
    define: (kind: string, how: StepKind): void => void kinds.set(kind, how),
    /** Something is done, in turn and within the transaction that does it. @returns the step's number. */
    add(kind: string, name: string, payload: object): number {
      const { id, dropped } = store.add(
        { kind, name, payload: JSON.stringify(payload) },
        now().toISOString(),
      );
      for (const step of dropped) kindOf(step).dropped?.(step);
      return id;
    },
    /** Resolves when nothing is under way. */
    close: async (): Promise<void> => void (await last),
  };
}
export type Undo = ReturnType<typeof createUndo>;
