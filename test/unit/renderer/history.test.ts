import { beforeEach, expect, test } from 'vitest';

import { History, type Step } from '../../../renderer/ui/history.svelte.ts';

let log: string[];
let history: History;
const step = (name: string): Step => ({
  name,
  undo: async () => log.push(`undo ${name}`),
  redo: async () => log.push(`redo ${name}`),
});

beforeEach(() => {
  log = [];
  history = new History();
});

test('steps are taken back from the newest and done again from the oldest', async () => {
  history.add(step('a'));
  history.add(step('b'));
  expect([await history.undo(), await history.undo(), await history.undo()]).toEqual(['b', 'a', undefined]);
  expect([await history.redo(), await history.redo(), await history.redo()]).toEqual(['a', 'b', undefined]);
  expect(log).toEqual(['undo b', 'undo a', 'redo a', 'redo b']);
});

test('doing something new forgets what was undone', async () => {
  history.add(step('a'));
  await history.undo();
  history.add(step('b'));
  expect([history.last, history.next]).toEqual(['b', undefined]);
});

test('a step that is refused can be tried again', async () => {
  let refuse = true;
  history.add({ ...step('a'), undo: async () => refuse && Promise.reject(new Error('locked')) });
  await expect(history.undo()).rejects.toThrow('locked');
  refuse = false;
  expect(await history.undo()).toBe('a');
});

test('two hasty keys do not take one step back twice', async () => {
  history.add(step('a'));
  expect(await Promise.all([history.undo(), history.undo()])).toEqual(['a', undefined]);
  expect(log).toEqual(['undo a']);
});

test('only the last hundred steps are kept', async () => {
  for (let at = 0; at < 130; at += 1) history.add(step(String(at)));
  let count = 0;
  while ((await history.undo()) !== undefined) count += 1;
  expect(count).toBe(100);
});
