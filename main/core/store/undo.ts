import type { WriteDb } from './database.ts';

export interface UndoStep {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  /** JSON of what the kind needs to take it back, apart from items. */
  readonly payload: string;
  /** Items that it changed. */
  readonly items: number;
}

export type NewStep = Omit<UndoStep, 'id' | 'items'>;

/** Steps that are kept, and items of all of them together: 4 bytes each. */
const MOST_STEPS = 100;
const MOST_ITEMS = 2_000_000;

/** What was done and can be taken back, and what was taken back and can be done again. */
export function undoStore(db: WriteDb) {
  const columns = 'id, kind, name, payload, items';
  const last = db.prepare<[], UndoStep>(
    `select ${columns} from undo_step where state = 'done' order by id desc limit 1`,
  );
  const next = db.prepare<[], UndoStep>(
    `select ${columns} from undo_step where state = 'undone' order by id limit 1`,
  );
  const insert = db.prepare<[string, string, string, string], { id: number }>(
    `insert into undo_step (kind, name, payload, state, at) values (?, ?, ?, 'done', ?) returning id`,
  );
  const insertPart = db.prepare<[object]>(
    `insert into undo_part (step_id, part, item_ids)
     values (@id, (select count(*) from undo_part where step_id = @id), @items)`,
  );
  const grow = db.prepare<[number, string, number]>(
    'update undo_step set items = items + ?, name = ? where id = ?',
  );
  const forget = db.prepare<[number]>('delete from undo_step where id = ?');
  const setState = db.prepare<['done' | 'undone', number]>('update undo_step set state = ? where id = ?');
  const parts = db
    .prepare<[number], Uint8Array>('select item_ids from undo_part where step_id = ? order by part')
    .pluck();
  const forgetUndone = db.prepare(`delete from undo_step where state = 'undone'`);
  const forgetOld = db.prepare<[number, number], UndoStep>(
    `delete from undo_step where id in (
       select id from (select id, row_number() over later as place, sum(items) over later as sum from undo_step
         window later as (order by id desc)) where place > ? or (sum > ? and place > 1))
     returning ${columns}`,
  );
  return {
    last: (): UndoStep | undefined => last.get(),
    next: (): UndoStep | undefined => next.get(),
    /** What was undone can no longer be done again. @returns its number, and the steps that can no longer be taken back. */
    add({ kind, name, payload }: NewStep, at: string): { id: number; dropped: UndoStep[] } {
      forgetUndone.run();
      const { id } = insert.get(kind, name, payload, at) as { id: number };
      return { id, dropped: forgetOld.all(MOST_STEPS, MOST_ITEMS) };
    },
    /** More items that a step changed. @param name - what it is called with them. */
    addItems(id: number, itemIds: readonly number[], name: string): void {
      insertPart.run({ id, items: new Uint8Array(Int32Array.from(itemIds).buffer) });
      grow.run(itemIds.length, name, id);
    },
    /** In the portions in which they were added. */
    itemsOf: (id: number): number[][] =>
      parts.all(id).map((blob) => Array.from(new Int32Array(blob.slice().buffer))),
    forget: (id: number): void => void forget.run(id),
    setState: (id: number, state: 'done' | 'undone'): void => void setState.run(state, id),
  };
}
export type UndoStore = ReturnType<typeof undoStore>;
