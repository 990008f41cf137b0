import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldImages } from '../../../../main/core/search/held-images.ts';
import { createSearch } from '../../../../main/core/search/search.ts';
import { methods } from '../../../../preload/contract/methods.ts';
import { addItems, encodeTexts, randomNumbers, vectorArchive } from '../../../support/search-archive.ts';

let made: ReturnType<typeof vectorArchive>;
beforeEach(() => {
  made = vectorArchive();
  // So many that they are not read one by one without need.
  addItems(made.archive, made.model, 5_000, randomNumbers(3));
});
afterEach(() => made.remove());

test('copies that are laid down otherwise cost time and no answer, and that is told once', async () => {
  const { archive, model } = made;
  const told: unknown[] = [];
  const ask = async () => {
    const search = createSearch({
      ...{ archive, model: () => ({ row: model, encodeTexts }), heldImages: heldImages(), resident: false },
      log: (_what, cause) => told.push(cause),
    });
    const found: number[][] = [];
    for (const words of ['one', 'another']) {
      const request = methods['search.run'].input.parse({ chips: [{ type: 'text', text: words }] });
      const { hits } = await search.run(request, new AbortController().signal);
      found.push(hits.map(({ itemId }) => itemId));
    }
    await search.close();
    return found;
  };
  const before = await ask();
  expect(told).toEqual([]);
  archive.db.unsafeMode();
  archive.db.exec(`update vec_${model.id}_chunks set size = size + 8`);
  expect(await ask()).toEqual(before);
  expect(told).toHaveLength(1);
});
