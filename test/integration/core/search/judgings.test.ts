import { afterAll, beforeAll, expect, test } from 'vitest';
import { join } from 'node:path';
import { openTestCore, removeFolder, type TestCore } from '../../../support/core.ts';

const query = { chips: [{ type: 'text', text: 'computed tomography', weight: 1 }] } as const;
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

const start = () => core.call('judging.start', { chips: [...query.chips], count: 12 });

test('a sample is drawn once, spread over the scores, and the curve follows what is judged', async () => {
  const drawn = await start();
  expect(drawn).toMatchObject({ judged: 0, curve: [], depth: 36 });
  expect(new Set(drawn.items.map(({ item }) => item.itemId)).size).toBe(12);
  const { judgingId } = drawn;
  for (const { item } of drawn.items)
    await core.call('judging.judge', {
      judgingId,
      itemId: item.itemId,
      verdict: item.modality === 'CT' ? 'yes' : 'no',
    });
  const judged = await core.call('judging.get', { judgingId });
  expect(judged.judged).toBe(12);
  expect(judged.curve.at(-1)?.precision).toBeGreaterThan(0);
  expect(judged.items.map(({ item }) => item.itemId)).toEqual(drawn.items.map(({ item }) => item.itemId));
  const found = await core.call('judging.ofQuery', { chips: [...query.chips] });
  expect(found.judging?.judgingId).toBe(judgingId);
  expect(
    (await core.call('judging.ofQuery', { chips: [{ type: 'text', text: 'other' }] })).judging,
  ).toBeNull();
});

test('a judgement can be taken back, one after the other, and the last one counts', async () => {
  const { judgingId, items } = await start();
  const itemId = items[0]?.item.itemId as (typeof items)[number]['item']['itemId'];
  await core.call('judging.judge', { judgingId, itemId, verdict: 'yes' });
  const second = await core.call('judging.judge', { judgingId, itemId, verdict: 'no' });
  expect(second).toMatchObject({ judged: 1, right: 0 });
  const undone = await core.call('judging.undo', { judgingId });
  expect(undone).toMatchObject({ itemId, judging: { judged: 1, right: 1 } });
  expect((await core.call('judging.undo', { judgingId })).judging.judged).toBe(0);
  expect((await core.call('judging.undo', { judgingId })).itemId).toBeNull();
  await expect(
    core.call('judging.judge', { judgingId, itemId: 9999 as typeof itemId, verdict: 'yes' }),
  ).rejects.toMatchObject({ code: 'item.unknown' });
});

test('what is exported comes back with its judgements', async () => {
  const { judgingId, items } = await start();
  for (const { item } of items.slice(0, 5))
    await core.call('judging.judge', { judgingId, itemId: item.itemId, verdict: 'yes', reader: 'anna' });
  const document = await core.call('judging.export', { judgingId });
  const strange = {
    ...document,
    items: [...document.items, { ...document.items[0], sha256: 'f'.repeat(64) }],
  };
  const back = await core.call('judging.import', { document: strange as typeof document });
  expect(back).toMatchObject({ unknownItems: 1, judging: { judged: 5, right: 5 } });
  expect(back.judging.curve).toEqual((await core.call('judging.get', { judgingId })).curve);
  const other = { ...document, modelIdentity: 'another' };
  await expect(core.call('judging.import', { document: other })).rejects.toMatchObject({
    code: 'judging.model',
  });
});

test('a query that names a person is not kept to be judged, whoever brings it', async () => {
  const chips = [{ type: 'text' as const, text: 'nodule of Mr Zwiebel, MRN 1234567' }];
  const refused = { code: 'saved.identifying', details: { at: 'part 1' } };
  await expect(core.call('judging.start', { chips, count: 12 })).rejects.toMatchObject(refused);
  const { judgingId } = await start();
  const document = await core.call('judging.export', { judgingId });
  await expect(
    core.call('judging.import', { document: { ...document, chips: [{ ...chips[0], weight: 1 }] } as never }),
  ).rejects.toMatchObject(refused);
  await expect(
    core.call('judging.import', { document: { ...document, formula: 'MRN 1234567' } }),
  ).rejects.toMatchObject({ ...refused, details: { at: 'formula' } });
});

test('a document that has an item twice is read with its first', async () => {
  const { judgingId } = await start();
  const document = await core.call('judging.export', { judgingId });
  const [first] = document.items;
  const items = [...document.items, { ...first, place: 2 } as (typeof document.items)[number]];
  const { judging } = await core.call('judging.import', { document: { ...document, items } });
  expect(judging.items).toHaveLength(document.items.length);
});
