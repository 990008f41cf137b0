import { afterEach, beforeEach, expect, test } from 'vitest';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import { parseFilter } from '../../../../main/core/domain/filter.ts';
import { createLabelling, type LabelModel, type Labelling } from '../../../../main/core/label/labelling.ts';
import { axisModel, vectorFor } from '../../../support/axis-model.ts';
import { addItems, temporaryArchive } from '../../../support/vector-archive.ts';

/** A parent, so that places among the panel's labels and among those that compete are not the same. */
const panel = {
  name: 'P',
  labels: [
    { name: 'lung' },
    { name: 'nodule', parent: 'lung', codes: ['MeSH|D003074|Solitary Pulmonary Nodule'] },
    { name: 'effusion', parent: 'lung', codes: ['MeSH|D010996|Pleural Effusion'] },
    { name: 'bone' },
  ],
};
let place: ReturnType<typeof temporaryArchive>;
let model: LabelModel;
let labelling: Labelling;
let itemIds: number[];
let runId: number;

beforeEach(async () => {
  place = temporaryArchive();
  model = axisModel(place.archive, 8);
  labelling = createLabelling({ archive: place.archive, model: () => model });
  itemIds = addItems(place.archive, model.row, [
    { vectors: [vectorFor([3, 0, 0], 8)] },
    { vectors: [vectorFor([0, 3, 0], 8)] },
    { vectors: [vectorFor([0, 0, 3], 8)] },
    { vectors: [vectorFor([0.1, 0, 0], 8)] },
  ]);
  const abstain = { is: 'threshold', below: 0.5 } as const;
  ({ runId } = await labelling.run(methods['label.run'].input.parse({ panel, abstain })));
});
afterEach(() => place.remove());

const found = (...where: string[]) =>
  place.archive.items.ids(parseFilter(where)).map((itemId) => itemIds.indexOf(itemId));
const decide = (more: Partial<Input<'review.decide'>>) =>
  labelling.reviews.decide(
    methods['review.decide'].input.parse({ runId, verdict: 'confirm', reader: 'me', ...more }),
  );

test('label: what the latest run says, uncertain items left out', () => {
  expect(found('label=nodule')).toEqual([0]);
  expect(found('label=bone')).toEqual([2]);
  expect(found('label~e')).toEqual([0, 1, 2]);
  expect(found('label!=bone')).toEqual([0, 1, 3]);
  place.archive.runs.start({
    panel: JSON.stringify(panel),
    hash: 'x',
    wordingHash: 'x',
    modelId: model.row.id,
    calibrationId: null,
    scoreMap: '{}',
    at: 'now',
  });
  // A run that has not ended says nothing yet.
  expect(found('label=bone')).toEqual([2]);
});

test('code: by system and code, or by its words', () => {
  expect(found('code=MeSH|D010996')).toEqual([1]);
  expect(found('code~pulmonary')).toEqual([0]);
  expect(found('code=MeSH|D0109')).toEqual([]);
});

test('reviewed: what people decided, as it stands now', () => {
  const of = (n: number) => itemIds[n] as Input<'review.decide'>['itemId'];
  decide({ itemId: of(0) });
  decide({ itemId: of(3), verdict: 'correct', labels: ['bone'] });
  decide({ itemId: of(1), verdict: 'reject' });
  expect(found('reviewed=nodule')).toEqual([0]);
  expect(found('reviewed=')).toEqual([1, 2]);
  decide({ itemId: of(0), verdict: 'correct', labels: ['effusion'] });
  expect(found('reviewed=nodule')).toEqual([]);
  expect(found('reviewed=effusion')).toEqual([0]);
  labelling.reviews.undo({ reader: 'me', reviewId: undefined });
  expect(found('reviewed=nodule')).toEqual([0]);
});

test('label: of independent labels every one above its line, not only the best', async () => {
  const any = {
    name: 'Findings',
    mode: 'independent' as const,
    labels: [
      { name: 'fluid', negatives: ['no fluid'], codes: ['MeSH|D010996|Pleural Effusion'] },
      { name: 'air', negatives: ['no air'] },
    ],
  };
  // The model gives each new text the next axis: fluid, air, no fluid, no air.
  const other = axisModel(place.archive, 9);
  const own = createLabelling({ archive: place.archive, model: () => other });
  const ids = addItems(
    place.archive,
    other.row,
    [
      [3, 2, 0, 0],
      [3, 0, 0, 2],
      [0.4, 0, 0, 3],
      [0, 0, 3, 3],
    ].map((logits) => ({ vectors: [vectorFor(logits, 9)] })),
    9,
  );
  const has = (...where: string[]) =>
    place.archive.items.ids(parseFilter([...where, `item>=${ids[0]}`])).map((itemId) => ids.indexOf(itemId));
  const apply = (more: object = {}) => own.run(methods['label.run'].input.parse({ panel: any, ...more }));
  const first = await apply();
  expect(has('label=fluid')).toEqual([0, 1, 2]);
  expect(has('label=air')).toEqual([0]);
  expect(has('label=fluid', 'label=air')).toEqual([0]);
  expect(has('label!=air')).toEqual([1, 2, 3]);
  expect(has('code=MeSH|D010996')).toEqual([0, 1, 2]);
  expect(first.first).toEqual([
    { label: 'fluid', items: 3 },
    { label: 'air', items: 1 },
  ]);
  const page = methods['label.predictions'].input.parse({ runId: first.runId, label: 'air' });
  expect((await own.predictions(page)).predictions.map(({ itemId }) => ids.indexOf(itemId))).toEqual([0]);
  // The run's line is each label's: 0.4 above its absence is too little.
  await apply({ abstain: { is: 'threshold', below: 0.9 } });
  expect(has('label=fluid')).toEqual([0, 1]);
  expect(has('label=air')).toEqual([]);
});

test('label: of many independent labels the last one too', async () => {
  const names = Array.from({ length: 40 }, (_, n) => `kind ${n}`);
  const many = {
    name: 'Many',
    mode: 'independent' as const,
    labels: names.map((name) => ({ name, negatives: [`no ${name}`] })),
  };
  const other = axisModel(place.archive, 82);
  const own = createLabelling({ archive: place.archive, model: () => other });
  // Present at the first 40 axes, absent at the next: each item has one label, and lacks all others.
  const logits = (has: number) => Array.from({ length: 80 }, (_, at) => (at === has ? 3 : at < 40 ? 0 : 1));
  const [low, high] = addItems(
    place.archive,
    other.row,
    [7, 39].map((has) => ({ vectors: [vectorFor(logits(has), 82)] })),
    11,
  );
  await own.run(methods['label.run'].input.parse({ panel: many }));
  const ids = (where: string) => place.archive.items.ids(parseFilter([where]));
  expect(ids('label=kind 7')).toEqual([low]);
  expect(ids('label=kind 39')).toEqual([high]);
  expect(ids('label=kind 23')).toEqual([]);
});
