import { afterAll, beforeAll, expect, test } from 'vitest';
import { join } from 'node:path';
import { openTestCore, removeFolder, type TestCore } from '../../../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = openTestCore();
  const job = await core.core.openDemo(join(core.folder, 'D.vitrine'));
  if (job !== null) await core.ended(job);
});
afterAll(async () => {
  await core.close();
  removeFolder(core.folder);
});

const ask = (text: string, line?: number) =>
  core.call('search.run', { chips: [{ type: 'text', text, weight: 1 }], ...(line ? { line } : {}) });

test.each(['penguin', 'a wooden chair', 'PET scan of the body'])(
  'nothing stands out for what the starter never heard of: %s',
  async (text) => {
    const { standOut, total, notices } = await ask(text);
    expect([standOut, total]).toEqual([0, 36]);
    expect(notices.join()).toContain('never learned');
  },
);

test('a line that a person chose holds, with the notice', async () => {
  const { standOut, notices } = await ask('penguin', 1);
  expect(standOut).toBeGreaterThan(0);
  expect(notices.join()).toContain('“penguin”: most of the query means nothing to it');
});

test('one such word among others is named, and the line stays', async () => {
  const { standOut, notices } = await ask('shiny chest x-ray with a pacemaker');
  expect(standOut).toBeGreaterThan(0);
  expect(notices.join()).toContain('“shiny”: it moves the order by chance');
});

test('of words that it learned nothing is said', async () => {
  expect((await ask('glands, eosin stain')).notices).toEqual([]);
});
