import { afterAll, beforeAll, expect, test } from 'vitest';
import { heldImages } from '../../../../main/core/search/held-images.ts';
import { createSearch, type Search } from '../../../../main/core/search/search.ts';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import { addItems, encodeTexts, randomNumbers, vectorArchive } from '../../../support/search-archive.ts';

let made: ReturnType<typeof vectorArchive>;
let search: Search;
beforeAll(() => {
  made = vectorArchive();
  addItems(made.archive, made.model, 300, randomNumbers(5));
  const parts = {
    archive: made.archive,
    model: () => ({ row: made.model, encodeTexts }),
    heldImages: heldImages(),
  };
  search = createSearch({ ...parts, resident: false });
});
afterAll(async () => {
  await search.close();
  made.remove();
});

const signal = new AbortController().signal;
const compare = (input: Input<'search.wordings'>) =>
  search.compareWordings(methods['search.wordings'].input.parse(input), signal);
const ranking = async (text: string) => {
  const input = methods['search.run'].input.parse({ chips: [{ type: 'text', text }], limit: 300 });
  return (await search.run(input, signal)).hits.map(({ itemId }) => itemId as number);
};

test('tells the place of everything that some wording has first, and how much the first places agree', async () => {
  const found = await compare({ wordings: ['lung', 'chest'], k: 10 });
  const [first, second] = [await ranking('lung'), await ranking('chest')];
  const union = new Set([...first.slice(0, 10), ...second.slice(0, 10)]);
  expect(found.items.map(({ itemId }) => itemId as number).toSorted()).toEqual([...union].toSorted());
  const placeIn = (list: number[], id: number) => (list.indexOf(id) < 50 ? list.indexOf(id) + 1 : null);
  for (const { itemId, ranks, isUnstable } of found.items) {
    expect(ranks).toEqual([placeIn(first, itemId), placeIn(second, itemId)]);
    expect(isUnstable).toBe(ranks.some((rank) => rank === null || rank > 20));
  }
  expect(found.unstable).toBeGreaterThan(0);
  const share = (20 - union.size) / union.size;
  expect(found.jaccard).toEqual([
    [1, share],
    [share, 1],
  ]);
  expect(found.mean.jaccard).toBe(share);
});

test('wordings that mean the same to the model agree wholly', async () => {
  const found = await compare({ wordings: ['GGO', 'ground-glass opacity'], k: 10 });
  expect(found.mean).toEqual({ jaccard: 1, rbo: expect.closeTo(1, 9) });
  expect(found.unstable).toBe(0);
});

test('words are put into templates beside wordings of one’s own, each once', async () => {
  const found = await compare({
    text: 'a $& b',
    wordings: ['own', 'a $& b'],
    templates: ['{text}', 'no {text}'],
  });
  expect(found.wordings.map(({ text }) => text)).toEqual(['own', 'a $& b', 'no a $& b']);
});

test.each([[{ wordings: ['one', ' one '] }], [{ text: 'x', templates: ['{text}'] }], [{}]])(
  'refuses %j: nothing to compare',
  async (input) => {
    await expect(compare(input)).rejects.toMatchObject({ code: 'query.wordings' });
  },
);
