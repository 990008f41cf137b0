import { afterAll, beforeAll, expect, test } from 'vitest';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { dot } from '../../../../main/core/domain/vector.ts';
import { measureCaptions } from '../../../../main/core/search/evaluation/evaluate-measure-captions.ts';
import { measureTruth } from '../../../../main/core/search/evaluation/evaluate-measure-truth.ts';
import { createEvaluations, type Evaluations } from '../../../../main/core/search/evaluation/evaluations.ts';
import { openReader } from '../../../../main/core/store/database.ts';
import {
  addItems,
  encodeTexts,
  type MadeItem,
  randomNumbers,
  textVector,
  vectorArchive,
} from '../../../support/search-archive.ts';

const signal = new AbortController().signal;
const random = randomNumbers(19);
let made: ReturnType<typeof vectorArchive>;
let items: MadeItem[];
let evaluations: Evaluations;

beforeAll(() => {
  made = vectorArchive();
  const { archive, model } = made;
  items = addItems(archive, model, 2000, random, (index) => (index % 100 === 0 ? 9 : 1));
  evaluations = createEvaluations({ archive, model: () => ({ row: model, encodeTexts }) });
});
afterAll(() => made.remove());

const texts = Array.from({ length: 40 }, (_, index) => `caption ${index % 35}`);
const scoreOf = (item: MadeItem, words: string) =>
  Math.max(...item.regions.map(({ vector }) => dot(textVector(words), vector)));

test('finds the places that the obvious way finds, both ways round', async () => {
  // Some texts belong to two items, and some items have many regions.
  const pairs = texts.map((words, index) => ({ text: words, itemId: items[index * 50]?.itemId as never }));
  const figures = await evaluations.captions({ pairs, name: 'test' }, signal);
  const rightOf = (words: string) =>
    pairs.filter(({ text: one }) => one === words).map(({ itemId }) => itemId as number);
  const distinct = [...new Set(texts)];
  const first = distinct.map((words) => {
    const order = items.toSorted((a, b) => scoreOf(b, words) - scoreOf(a, words)).map(({ itemId }) => itemId);
    return 1 + Math.min(...rightOf(words).map((itemId) => order.indexOf(itemId)));
  });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(figures.mrr).toBeCloseTo(mean(first.map((rank) => 1 / rank)), 9);
  expect(figures).toMatchObject({ n: 35, texts: 35, items: 2000, unknownItems: 0 });
  const places = pairs.map(({ itemId, text: words }) => {
    const item = items.find((one) => one.itemId === (itemId as number)) as MadeItem;
    return distinct.toSorted((a, b) => scoreOf(item, b) - scoreOf(item, a)).indexOf(words) + 1;
  });
  expect(figures.imageToText.mrr).toBeCloseTo(mean(places.map((rank) => 1 / rank)), 9);
});

test('refuses captions of which it has no item', async () => {
  const pairs = [{ text: 'a', path: 'nowhere.png' }];
  await expect(evaluations.captions({ pairs, name: 'test' }, signal)).rejects.toMatchObject({
    code: 'captions.unknown',
  });
});

test.each(['captions', 'truth'] as const)(
  'measuring by %s stops at its next step when it is cancelled',
  async (by) => {
    const { archive, model } = made;
    const right = items.slice(0, 100).map(({ itemId }) => itemId);
    const words = right.map((itemId) => `caption ${itemId}`);
    const { vectors } = await encodeTexts(words);
    const db = openReader(archive.databasePath);
    let asked = 0;
    const goOn = () => {
      asked += 1;
      if (asked === 2) throw new ArchiveError('request.cancelled');
    };
    const table = {
      ...{ asked: 'queries' as const, texts: words, labelled: [], patients: [], unknownItems: 0 },
      right: right.map((itemId) => [{ itemId, grade: 1 }]),
    };
    const work =
      by === 'captions'
        ? measureCaptions(db, { model, texts: words, vectors, right: right.map((itemId) => [itemId]) }, goOn)
        : measureTruth(db, { model, table, vectors, samePatient: true }, goOn);
    await expect(work).rejects.toMatchObject({ code: 'request.cancelled' });
    expect(asked).toBe(2);
    db.close();
  },
);
