import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import { createLabelling, type LabelModel, type Labelling } from '../../../../main/core/label/labelling.ts';
import { axisModel, simulateItems, vectorFor } from '../../../support/axis-model.ts';
import { addItems, temporaryArchive } from '../../../support/vector-archive.ts';

let place: ReturnType<typeof temporaryArchive>;
let model: LabelModel;
let labelling: Labelling;

beforeEach(() => {
  place = temporaryArchive();
  model = axisModel(place.archive, 16);
  labelling = createLabelling({ archive: place.archive, model: () => model });
});
afterEach(() => place.remove());

const run = (input: Input<'label.run'>) => labelling.run(methods['label.run'].input.parse(input));
const evaluate = (runId: number) =>
  labelling.evaluations.evaluate(methods['label.evaluate'].input.parse({ runId }));
const cell = (input: object) => labelling.evaluations.cell(methods['label.cell'].input.parse(input));
const decide = (runId: number, itemId: number, labels: readonly string[]) =>
  labelling.reviews.decide(
    methods['review.decide'].input.parse({ runId, itemId, verdict: 'correct', labels, reader: 'me' }),
  );

describe('every cell of the confusion table opens as many items as it counts', () => {
  test('one label an item, with what was left uncertain', async () => {
    const labels = ['a', 'b', 'c'];
    const panel = { name: 'P', labels: labels.map((name) => ({ name })) };
    const items = simulateItems(place.archive, model, labels, { count: 150, over: 1 });
    const { runId } = await run({ panel, abstain: { is: 'threshold', below: 0.6 } });
    for (const { itemId, label } of items) decide(runId, itemId, [label]);
    const { confusion, undecided, uncertain, n } = await evaluate(runId);
    expect(confusion.flat().reduce((sum, one) => sum + one, 0) + uncertain).toBe(n);
    expect(undecided.reduce((sum, one) => sum + one, 0)).toBe(uncertain);
    expect(uncertain).toBeGreaterThan(10);
    const right = new Map(items.map(({ itemId, label }) => [itemId, label]));
    for (const [row, truth] of labels.entries()) {
      for (const [column, said] of labels.entries()) {
        const found = await cell({ runId, truth, said, limit: 1000 });
        expect([truth, said, found.total]).toEqual([truth, said, confusion[row]?.[column]]);
        expect(found.items.every(({ itemId }) => right.get(itemId) === truth)).toBe(true);
        expect(found.items).toHaveLength(found.total);
      }
      expect((await cell({ runId, truth, said: 'uncertain' })).total).toBe(undecided[row]);
    }
  });

  test('labels each for itself: a table of two for each', async () => {
    const panel = {
      name: 'F',
      mode: 'independent' as const,
      labels: [
        { name: 'x', negatives: ['no x'] },
        { name: 'y', negatives: ['no y'] },
      ],
    };
    const itemIds = addItems(
      place.archive,
      model.row,
      Array.from({ length: 60 }, (_, n) => ({
        vectors: [vectorFor([Math.sin(n), Math.cos(3 * n), 0, 0], 16)],
      })),
    );
    const { runId } = await run({ panel, abstain: { is: 'threshold', below: 0.52 } });
    for (const [n, itemId] of itemIds.entries())
      decide(runId, itemId, [...(n % 2 ? ['x'] : []), ...(n % 3 ? ['y'] : [])]);
    const { confusion, undecided, uncertain } = await evaluate(runId);
    expect(uncertain).toBeGreaterThan(0);
    const sides = ['absent', 'present'];
    for (const [at, label] of ['x', 'y'].entries())
      for (const [row, truth] of sides.entries()) {
        for (const [column, said] of sides.entries())
          expect((await cell({ runId, label, truth, said })).total).toBe(confusion[2 * at + row]?.[column]);
        const { total } = await cell({ runId, label, truth, said: 'uncertain' });
        expect(total).toBe(undecided[2 * at + row]);
      }
    await expect(cell({ runId, label: 'z', truth: 'absent', said: 'absent' })).rejects.toMatchObject({
      code: 'panel.invalid',
    });
  });
});
