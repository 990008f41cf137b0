import { afterAll, beforeAll, expect, test } from 'vitest';
import { dot } from '../../../../main/core/domain/vector.ts';
import { createEvaluations, type Evaluations } from '../../../../main/core/search/evaluation/evaluations.ts';
import {
  addItems,
  encodeTexts,
  type MadeItem,
  randomNumbers,
  textVector,
  vectorArchive,
} from '../../../support/search-archive.ts';

const { signal } = new AbortController();
let made: ReturnType<typeof vectorArchive>;
let items: MadeItem[];
let evaluations: Evaluations;

beforeAll(() => {
  made = vectorArchive();
  items = addItems(made.archive, made.model, 300, randomNumbers(5));
  evaluations = createEvaluations({ archive: made.archive, model: () => ({ row: made.model, encodeTexts }) });
});
afterAll(() => made.remove());

const vectorOf = (item: MadeItem) => item.regions[0]?.vector as Float32Array;
const labelOf = (index: number) => ['nodule', 'effusion', 'normal'][index % 3] as string;
const csv = () =>
  ['itemId,label', ...items.map(({ itemId }, index) => `${itemId},${labelOf(index)}`), '999999,nodule'].join(
    '\n',
  );
const ask = (more: { text?: string; samePatient?: boolean } = {}) =>
  evaluations.truth(
    { text: csv(), name: 'test', template: 'a picture of {label}', samePatient: false, ...more },
    signal,
  );
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Average precision of what is right, in this order. */
function precision(order: readonly number[], right: (index: number) => boolean): number {
  let hits = 0;
  const at = order.flatMap((index, place) => (right(index) ? [++hits / (place + 1)] : []));
  return mean(at);
}
const orderFor = (query: Float32Array) =>
  [...items.keys()].sort(
    (a, b) => dot(query, vectorOf(items[b] as MadeItem)) - dot(query, vectorOf(items[a] as MadeItem)),
  );

test('labels and pictures find what the obvious way finds', async () => {
  const found = await ask();
  expect(found).toMatchObject({ asked: 'labels', texts: 3, items: 300, labelled: 300, unknownItems: 1 });
  const words = ['nodule', 'effusion', 'normal'].map((label) =>
    precision(orderFor(textVector(`a picture of ${label}`)), (index) => labelOf(index) === label),
  );
  expect(found.map).toBeCloseTo(mean(words), 6);
  const pictures = items.map((item, own) => {
    const order = orderFor(vectorOf(item)).filter((index) => {
      const { patient } = items[index] as MadeItem;
      return index !== own && !(patient !== null && patient === item.patient);
    });
    return precision(order, (index) => labelOf(index) === labelOf(own));
  });
  expect(found.imageToImage?.map).toBeCloseTo(mean(pictures), 6);
  expect(found.imageToImage?.n).toBe(300);
});

test('of one modality, right pictures of others are taken out of the list', async () => {
  const found = await ask();
  const ct = found.byModality.find(({ value }) => value === 'CT');
  const words = ['nodule', 'effusion', 'normal'].map((label) => {
    const order = orderFor(textVector(`a picture of ${label}`)).filter(
      (index) => labelOf(index) !== label || items[index]?.modality === 'CT',
    );
    return precision(order, (index) => labelOf(index) === label);
  });
  expect(ct?.textToImage?.map).toBeCloseTo(mean(words), 6);
});

test('queries with grades are asked as they are', async () => {
  const [first, second, third] = items.map(({ itemId }) => itemId);
  const text = `query,relevance,itemId\nwide heart,2,${first}\nwide heart,0,${second}\nno air,1,${third}`;
  const found = await ask({ text });
  expect(found).toMatchObject({ asked: 'queries', n: 2, imageToImage: null });
  const place = (words: string, index: number) => orderFor(textVector(words)).indexOf(index) + 1;
  expect(found.mrr).toBeCloseTo(mean([1 / place('wide heart', 0), 1 / place('no air', 2)]), 9);
});

test('is kept, and compared with another one over the queries of both', async () => {
  const before = await ask();
  const after = await ask({ samePatient: true });
  const listed = evaluations.list().find(({ evaluationId }) => evaluationId === after.evaluationId);
  expect(listed).toMatchObject({ kind: 'truth', textToImage: { n: 3 }, model: { identity: 'test' } });
  const ids = { before: before.evaluationId, after: after.evaluationId };
  const compared = await evaluations.compare(ids, signal);
  expect(compared.directions.map(({ direction, matched }) => [direction, matched])).toEqual([
    ['textToImage', 3],
    ['imageToImage', 300],
  ]);
  expect(compared.directions[0]?.changes.every(({ difference }) => difference?.value === 0)).toBe(true);
  expect(compared.notices).toContain('The settings were not the same.');
  await expect(evaluations.compare({ ...ids, after: 12345 }, signal)).rejects.toMatchObject({
    code: 'evaluation.unknown',
  });
});

test.each([
  ['nothing to ask', 'itemId\n1', 'truth.unreadable'],
  ['no item of here', 'itemId,label\n999999,a', 'evaluation.empty'],
  ['a grade that is none', 'itemId,query,relevance\n1,a,very', 'truth.unreadable'],
])('refuses a table with %s', async (_what, text, code) => {
  await expect(ask({ text })).rejects.toMatchObject({ code });
});
