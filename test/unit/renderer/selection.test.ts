import { expect, test } from 'vitest';

import { Selection } from '../../../renderer/ui/selection.svelte.ts';

/** Entry n of the list has the id n + 100. */
const idsOf = async (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => from + at + 100);

const chosen = (selection: Selection) =>
  selection.chosen.is === 'some' ? [...selection.chosen.ids] : ['all but', ...selection.chosen.except];

test('a click takes one, Ctrl adds and takes away', () => {
  const selection = new Selection();
  selection.only(3, 103);
  selection.toggle(5, 105);
  selection.toggle(3, 103);
  expect(chosen(selection)).toEqual([105]);
  expect(selection.active).toBe(3);
});

test('Shift takes the range from the last single one, in both directions', async () => {
  const selection = new Selection();
  selection.only(4, 104);
  await selection.range(6, idsOf);
  expect(chosen(selection)).toEqual([104, 105, 106]);
  await selection.range(2, idsOf);
  expect(chosen(selection)).toEqual([102, 103, 104]);
});

test('everything is a state: nothing is loaded, and exceptions are kept', () => {
  const selection = new Selection();
  selection.everything();
  expect(selection.count(100_000)).toBe(100_000);
  selection.toggle(9, 109);
  expect([selection.has(109), selection.has(110), selection.count(100_000)]).toEqual([false, true, 99_999]);
  expect(chosen(selection)).toEqual(['all but', 109]);
  selection.clear();
  expect(selection.count(100_000)).toBe(0);
});

test('a new list keeps the selection and forgets the place', () => {
  const selection = new Selection();
  selection.only(7, 107);
  selection.restart();
  expect([selection.active, selection.has(107)]).toEqual([0, true]);
});
