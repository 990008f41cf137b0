import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoPictures, openTestCore, removeFolder, type TestCore } from '../../../support/core.ts';

let at: TestCore;

beforeAll(async () => {
  at = openTestCore();
  await at.call('archive.create', { path: join(at.folder, 'Test.vitrine') });
  await at.import(demoPictures);
});
afterAll(async () => {
  await at.close();
  expect(at.defects).toEqual([]);
  removeFolder(at.folder);
});

test('the captions of the archive are asked, and the hardest stand where a search has them', async () => {
  const { evaluationId, texts, n } = await at.call('evaluation.captions', {});
  expect({ texts, n }).toEqual({ texts: 36, n: 36 });
  const opened = await at.call('evaluation.get', { evaluationId });
  expect(opened).toMatchObject({ kind: 'captions', name: 'captions of the archive', stress: null });
  expect(opened.bySource).toHaveLength(1);
  const [hardest, next] = opened.hardest.textToImage;
  expect(hardest?.first).toBeGreaterThanOrEqual(next?.first ?? Infinity);
  const chips = [{ type: 'text' as const, text: hardest?.text ?? '' }];
  const { hits } = await at.call('search.run', { chips, expand: false });
  expect(hits.findIndex(({ itemId }) => itemId === hardest?.rightItemId) + 1).toBe(hardest?.first);
});

test('words that may name a person are not kept, though they were asked', async () => {
  const text = ['query,itemId', 'Patient name: Smith^John,1', 'a wide heart in a chest x-ray,2'].join('\n');
  const { evaluationId, n } = await at.call('evaluation.truth', { text });
  expect(n).toBe(2);
  const { hardest } = await at.call('evaluation.get', { evaluationId });
  expect(hardest.textToImage.map((one) => one.text)).not.toContain('Patient name: Smith^John');
  expect(hardest.textToImage.map((one) => one.rightItemId)).toEqual(expect.arrayContaining([1, 2]));
});

test('an archive without captions says so, and one that is not there is unknown', async () => {
  await expect(at.call('evaluation.captions', { kinds: ['report'] })).rejects.toMatchObject({
    code: 'captions.unknown',
  });
  await expect(at.call('evaluation.get', { evaluationId: 999 })).rejects.toMatchObject({
    code: 'evaluation.unknown',
  });
});
