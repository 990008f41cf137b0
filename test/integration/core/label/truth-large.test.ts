import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTruth } from '../../../../main/core/label/truth-file.ts';
import { addItems, addModel, temporaryArchive } from '../../../support/vector-archive.ts';

let place: ReturnType<typeof temporaryArchive>;
beforeEach(() => (place = temporaryArchive()));
afterEach(() => place.remove());

test('a table of ten megabytes is read in turns', async () => {
  const { archive } = place;
  addItems(archive, addModel(archive, 'test', 'test', 8), [{ vectors: [] }]);
  const rows = Array.from({ length: 200_000 }, (_, at) => `${at + 1},"lung, ""left""|nodule ${at}",p${at}`);
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const { truth, unknownItems } = await readTruth(archive, `itemId,label,patient\n${rows.join('\n')}\n`);
  clearInterval(watch);
  expect(truth).toEqual([{ itemId: 1, labels: ['lung, "left"', 'nodule 0'], patient: 'p0' }]);
  expect(unknownItems).toBe(199_999);
  // In one go it took half a second; the rest is for a machine that does other things.
  expect(longest).toBeLessThan(250);
});
