import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import { createLabelling, type LabelModel, type Labelling } from '../../../../main/core/label/labelling.ts';
import { axisModel, vectorFor } from '../../../support/axis-model.ts';
import { addItems, temporaryArchive } from '../../../support/vector-archive.ts';

const panel = { name: 'P', labels: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] };
let place: ReturnType<typeof temporaryArchive>;
let model: LabelModel;
let labelling: Labelling;
let itemIds: number[];
let runId: number;

beforeEach(async () => {
  place = temporaryArchive();
  model = axisModel(place.archive, 8);
  labelling = createLabelling({ archive: place.archive, model: () => model });
  itemIds = addItems(
    place.archive,
    model.row,
    Array.from({ length: 10 }, (_, n) => ({ vectors: [vectorFor([n / 2, 0, -1], 8)] })),
  );
  ({ runId } = await labelling.run(methods['label.run'].input.parse({ panel })));
});
afterEach(() => place.remove());

const item = (n: number) => itemIds[n] as Input<'review.decide'>['itemId'];
const decide = (more: Partial<Input<'review.decide'>>) =>
  labelling.reviews.decide(
    methods['review.decide'].input.parse({ runId, verdict: 'confirm', reader: 'me', ...more }),
  );

describe('nearest confirmed', () => {
  const nearest = (n: number, more: object = {}) =>
    labelling.reviews.nearest(methods['review.nearest'].input.parse({ runId, itemId: itemIds[n], ...more }));
  const own = Array.from({ length: 10 }, (_, n) => vectorFor([n / 2, 0, -1], 8));
  const cosine = (a: number, b: number) =>
    (own[a] as Float32Array).reduce(
      (sum, value, at) => sum + value * ((own[b] as Float32Array)[at] as number),
      0,
    );

  test('what people settled, the most similar first, never the item itself', async () => {
    for (const n of [1, 4, 8]) decide({ itemId: item(n) });
    decide({ itemId: item(2), verdict: 'reject' });
    decide({ itemId: item(4), verdict: 'correct', labels: ['b'], reader: 'other' });
    const { cases, settled } = await nearest(9);
    // 4 is disputed, 2 has no label.
    expect(cases.map(({ itemId }) => itemIds.indexOf(itemId))).toEqual([8, 1]);
    expect(settled).toBe(2);
    expect(cases[0]?.labels).toEqual(['a']);
    expect(cases[0]?.similarity).toBeCloseTo(cosine(9, 8), 5);
    expect(cases[1]?.similarity).toBeCloseTo(cosine(9, 1), 5);
    expect((await nearest(8)).cases.map(({ itemId }) => itemIds.indexOf(itemId))).toEqual([1]);
    expect((await nearest(9, { limit: 1 })).cases).toHaveLength(1);
  });
});
