import type { ItemId } from '../../../preload/contract/ids.ts';
import type { Archive } from '../store/archive.ts';
import { createTurns } from '../store/turns.ts';
import type { UndoStep } from '../store/undo.ts';
import type { Undo } from './undo.ts';

const KIND = 'tags';
/** Some milliseconds of writing; a transaction for fewer would mostly wait for the disk. */
const LEAST = 1_000;

interface Payload {
  readonly tag: string;
  /** Whether it was put on, or taken off. */
  readonly on: boolean;
}

const nameOf = (count: number, { tag, on }: Payload): string =>
  `${on ? 'tag' : 'untag'} ${count.toLocaleString('en')} ${count === 1 ? 'item' : 'items'} with “${tag}”`;

/** Words that a person puts on items, of as many as there are, and takes back. */
export function createTags(archive: Archive, undo: Undo) {
  const { tags, undo: steps } = archive;
  const write = (on: boolean) => (on ? tags.apply : tags.remove);

  undo.define(KIND, {
    undo: (step, settle) => again(step, false, settle),
    redo: (step, settle) => again(step, true, settle),
  });

  /** Of the items that the step changed, and no others. */
  async function again(step: UndoStep, redo: boolean, settle: () => void): Promise<void> {
    const { tag, on } = JSON.parse(step.payload) as Payload;
    const turn = createTurns(LEAST);
    for (const part of steps.itemsOf(step.id))
      for (let from = 0; from < part.length;) {
        from += await turn((rows) => {
          const some = part.slice(from, from + rows);
          archive.transaction(() => write(on === redo)(some, tag));
          return some.length;
        });
      }
    archive.transaction(settle);
  }

  return {
    /**
     * Puts a tag on items, or takes it off. Answered when all of it is on disk, as one step.
     *
     * @returns the items that were not so before.
     */
    put: (itemIds: readonly ItemId[], tag: string, on: boolean): Promise<ItemId[]> =>
      undo.inTurn(async () => {
        const payload: Payload = { tag, on };
        const changed: ItemId[] = [];
        const turn = createTurns(LEAST);
        let stepId: number | null = null;
        for (let from = 0; from < itemIds.length;) {
          from += await turn((rows) => {
            const some = itemIds.slice(from, from + rows);
            archive.transaction(() => {
              const fresh = write(on)(some, tag);
              if (fresh.length === 0) return;
              changed.push(...fresh);
              const name = nameOf(changed.length, payload);
              stepId ??= undo.add(KIND, name, payload);
              steps.addItems(stepId, fresh, name);
            });
            return some.length;
          });
        }
        return changed;
      }),
  };
}
export type Tags = ReturnType<typeof createTags>;
