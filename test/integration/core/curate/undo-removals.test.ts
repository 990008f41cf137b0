import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTags } from '../../../../main/core/curate/tags.ts';
import { createUndo } from '../../../../main/core/curate/undo.ts';
import { createEvaluations } from '../../../../main/core/search/evaluation/evaluations.ts';
import { undoableEvaluations } from '../../../../main/core/session/undoable.ts';
import type { ItemId } from '../../../../preload/contract/ids.ts';
import { addItems, addModel, temporaryArchive } from '../../../support/vector-archive.ts';

let place: ReturnType<typeof temporaryArchive>;
let undo: ReturnType<typeof createUndo>;
let evaluations: ReturnType<typeof undoableEvaluations>;
let evaluationId: number;
beforeEach(() => {
  place = temporaryArchive();
  const { archive } = place;
  const row = addModel(archive, 'test', 'test', 8);
  undo = createUndo(archive);
  const model = () => ({ row, encodeTexts: () => Promise.reject(new Error('no text is asked')) });
  evaluations = undoableEvaluations(archive, undo, createEvaluations({ archive, model }));
  evaluationId = archive.evaluations.add({
    ...{ kind: 'truth', name: 'x', truthHash: 'f'.repeat(64), modelId: row.id, generation: 1, at: 'now' },
    ...{ settings: '{}', figures: '{}', queries: '[]' },
  });
});
afterEach(() => place.remove());

const isThere = () => place.archive.evaluations.get(evaluationId) !== undefined;

test('what was removed, brought back and removed again can be brought back again', async () => {
  await evaluations.remove(evaluationId);
  await undo.undo();
  await evaluations.remove(evaluationId);
  expect(await undo.undo()).toMatchObject({ name: `remove evaluation ${evaluationId}`, undo: null });
  expect(isThere()).toBe(true);
});

test('a removal while many items are tagged again comes after that, and both can be taken back', async () => {
  const { archive } = place;
  const some = Array.from({ length: 20_000 }, () => ({ vectors: [] }));
  const itemIds = addItems(archive, addModel(archive, 'test', 'test', 8), some) as ItemId[];
  await createTags(archive, undo).put(itemIds, 'margin', true);
  await undo.undo();
  const again = undo.redo();
  const removed = evaluations.remove(evaluationId);
  expect((await again).name).toBe('tag 20,000 items with “margin”');
  expect(await removed).toBe(true);
  expect((await undo.undo()).name).toBe(`remove evaluation ${evaluationId}`);
  expect((await undo.undo()).name).toBe('tag 20,000 items with “margin”');
  expect([isThere(), archive.tags.list()]).toEqual([true, []]);
});

test('takes back what was meant, or nothing: others may have done something since, or opened another archive', async () => {
  const { archive } = place;
  const [itemId = 0] = addItems(archive, addModel(archive, 'test', 'test', 8), [{ vectors: [] }]);
  await evaluations.remove(evaluationId);
  const meant = undo.state().undo ?? '';
  await createTags(archive, undo).put([itemId as ItemId], 'margin', true);
  await expect(undo.undo(meant)).rejects.toMatchObject({ code: 'undo.other' });
  expect([isThere(), archive.tags.list().length]).toEqual([false, 1]);
  expect((await undo.undo('tag 1 item with “margin”')).name).toBe('tag 1 item with “margin”');
  expect((await undo.undo(meant)).name).toBe(meant);
  await expect(undo.redo('tag 1 item with “margin”')).rejects.toMatchObject({ code: 'undo.other' });
  expect((await undo.redo(meant)).name).toBe(meant);
  await undo.undo();
  expect(await undo.undo(meant)).toMatchObject({ name: null });
});
