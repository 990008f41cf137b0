import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTruth } from '../../../../main/core/label/truth-file.ts';
import { heldUp } from '../../../support/held-up.ts';
import { addItems, addModel, temporaryArchive } from '../../../support/vector-archive.ts';

let place: ReturnType<typeof temporaryArchive>;
beforeEach(() => (place = temporaryArchive()));
afterEach(() => place.remove());

test('a table of ten megabytes is read in turns', async () => {
  const { archive } = place;
  addItems(archive, addModel(archive, 'test', 'test', 8), [{ vectors: [] }]);
  const rows = Array.from({ length: 200_000 }, (_, at) => `${at + 1},"lung, ""left""|nodule ${at}",p${at}`);
  const text = `itemId,label,patient\n${rows.join('\n')}\n`;
  let read: Awaited<ReturnType<typeof readTruth>> | undefined;
  // In one go it took half a second.
  expect(await heldUp(async () => (read = await readTruth(archive, text)))).toBeLessThan(100);
  expect(read).toEqual({
    truth: [{ itemId: 1, labels: ['lung, "left"', 'nodule 0'], patient: 'p0' }],
    unknownItems: 199_999,
  });
});
