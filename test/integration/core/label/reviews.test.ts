import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Input } from '../../../../preload/contract/methods.ts';
import { methods } from '../../../../preload/contract/methods.ts';
import { createLabelling, type LabelModel, type Labelling } from '../../../../main/core/label/labelling.ts';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { axisModel, vectorFor } from '../../../support/axis-model.ts';
import { addItems, temporaryArchive } from '../../../support/vector-archive.ts';

const panel = { name: 'P', labels: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] };
let place: ReturnType<typeof temporaryArchive>;
let model: LabelModel;
let labelling: Labelling;
let itemIds: number[];
let runId: number;
let clock = 0;

beforeEach(async () => {
  place = temporaryArchive();
  model = axisModel(place.archive, 8);
  const now = () => new Date((clock += 1000));
  labelling = createLabelling({ archive: place.archive, model: () => model, now });
  // The first is the least certain one; every two are of one patient.
  itemIds = addItems(
    place.archive,
    model.row,
    Array.from({ length: 10 }, (_, n) => ({
      patient: `p${n >> 1}`,
      vectors: [vectorFor([n / 2, 0, -1], 8)],
    })),
  );
  ({ runId } = await run());
});
afterEach(() => place.remove());

const run = (more: Partial<Input<'label.run'>> = {}) =>
  labelling.run(methods['label.run'].input.parse({ panel, ...more }));
const decide = (more: Partial<Input<'review.decide'>> = {}) =>
  labelling.reviews.decide(
    methods['review.decide'].input.parse({
      runId,
      itemId: itemIds[0],
      verdict: 'confirm',
      reader: 'me',
      ...more,
    }),
  );
const queue = async (more: Partial<Input<'review.queue'>> = {}) => {
  const request = methods['review.queue'].input.parse({ runId, reader: 'me', ...more });
  const { entries, left, decided } = await labelling.reviews.queue(request);
  return { items: entries.map(({ itemId }) => itemIds.indexOf(itemId)), left, decided };
};
const item = (n: number) => itemIds[n] as Input<'review.decide'>['itemId'];

describe('a decision', () => {
  test('keeps who, when, what, and what was shown', async () => {
    const review = decide({ tookMs: 4100, blinded: true });
    expect(review).toMatchObject({
      verdict: 'confirm',
      labels: ['a'],
      reader: 'me',
      panel: 'P',
      undoneAt: null,
    });
    const [row] = place.archive.reviews.all('P');
    expect(row?.tookMs).toBe(4100);
    expect(JSON.parse(row?.shown ?? '')).toMatchObject({
      hidden: true,
      calibrated: false,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      ranked: [{ label: 'a' }, { label: 'b' }, { label: 'c' }],
    });
  });

  test.each([
    ['an item that the run does not have', { itemId: 99_999 as never }],
    ['a label that the run does not have', { verdict: 'correct' as const, labels: ['x'] }],
    ['two labels where one is right', { verdict: 'correct' as const, labels: ['a', 'b'] }],
    ['a correction without a label', { verdict: 'correct' as const }],
    ['a rejection with a label', { verdict: 'reject' as const, labels: ['b'] }],
  ])('refuses %s', (_what, more) => {
    expect(() => decide(more)).toThrow(expect.objectContaining({ code: 'review.invalid' }));
    expect(place.archive.reviews.all('P')).toEqual([]);
  });

  test('undone, it stays in the record and counts no more', async () => {
    const first = decide();
    decide({ itemId: item(1), verdict: 'reject' });
    expect(labelling.reviews.undo({ reader: 'me', reviewId: undefined })).toMatchObject({
      verdict: 'reject',
    });
    expect(labelling.reviews.undo({ reader: 'me', reviewId: undefined })).toMatchObject({
      reviewId: first.reviewId,
    });
    expect(labelling.reviews.undo({ reader: 'me', reviewId: undefined })).toBeNull();
    expect((await queue()).decided).toBe(0);
    expect(place.archive.reviews.all('P').map(({ undoneAt }) => undoneAt !== null)).toEqual([true, true]);
  });

  test("is not another reader's to undo", async () => {
    const { reviewId } = decide();
    expect(() => labelling.reviews.undo({ reader: 'you', reviewId })).toThrow(
      expect.objectContaining({ code: 'review.unknown' }),
    );
  });
});

describe('the queue', () => {
  test('begins with the least certain, leaves what the reader decided, and puts skipped ones last', async () => {
    expect(await queue()).toEqual({ items: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], left: 10, decided: 0 });
    decide({ itemId: item(2), verdict: 'correct', labels: ['b'] });
    decide({ itemId: item(0), verdict: 'skip' });
    expect(await queue()).toEqual({ items: [1, 3, 4, 5, 6, 7, 8, 9, 0], left: 9, decided: 1 });
    expect((await queue({ reader: 'you' })).items).toHaveLength(10);
  });

  test('one per patient first', async () => {
    expect((await queue({ onePerPatient: true })).items).toEqual([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]);
  });

  test('only what the run called uncertain', async () => {
    const line = await run({ abstain: { is: 'threshold', below: 0.6 } });
    const some = await queue({ runId: line.runId, onlyUncertain: true });
    expect(some.items.length).toBe(line.uncertain);
    expect(some.items).toEqual([...Array(line.uncertain).keys()]);
    expect(line.uncertain).toBeGreaterThan(0);
    expect(line.uncertain).toBeLessThan(10);
  });

  test('random: the same every time, and not in order', async () => {
    const { items } = await queue({ order: 'random' });
    expect((await queue({ order: 'random' })).items).toEqual(items);
    expect(items).not.toEqual([...itemIds.keys()]);
    expect(items.toSorted((a, b) => a - b)).toEqual([...itemIds.keys()]);
  });

  test('diverse: what is least like the one before comes next', async () => {
    const [first, second] = (await queue({ order: 'diverse' })).items;
    expect([first, second]).toEqual([0, 9]);
    decide({ itemId: item(9) });
    // Far from what was reviewed: the first, which has the least of a.
    expect((await queue({ order: 'diverse' })).items[0]).toBe(0);
  });

  test('a second reading holds only what somebody else has decided', async () => {
    decide({ itemId: item(3), reader: 'you' });
    decide({ itemId: item(5), reader: 'you', verdict: 'skip' });
    expect(await queue({ second: true })).toEqual({ items: [3], left: 1, decided: 0 });
    expect((await queue({ second: true, order: 'random' })).items).toEqual([3]);
  });
});

test("two readers: Cohen's kappa over what both decided, and what they dispute", async () => {
  for (let n = 0; n < 10; n += 1) {
    decide({ itemId: item(n), verdict: 'correct', labels: [n < 5 ? 'a' : 'b'], reader: 'one', tookMs: n });
    decide({
      itemId: item(n),
      verdict: 'correct',
      labels: [n < 6 ? 'a' : 'b'],
      reader: 'two',
      blinded: true,
    });
  }
  const progress = labelling.reviews.progress({ panel: 'P' });
  // Observed 0.9, by chance 0.5·0.6 + 0.5·0.4 = 0.5.
  expect(progress.agreement).toEqual([
    {
      a: 'one',
      b: 'two',
      items: 10,
      kappa: expect.objectContaining({ value: expect.closeTo(0.8, 9) as number }),
    },
  ]);
  expect(progress).toMatchObject({ reviewed: 9, disputed: 1 });
  expect(progress.readers.map(({ items, medianMs }) => [items, medianMs])).toEqual([
    [10, 5],
    [10, null],
  ]);
});

test('decisions go to another archive of the same pictures as CSV, once', async () => {
  decide({ itemId: item(1), verdict: 'correct', labels: ['b'], tookMs: 12 });
  const undone = decide({ itemId: item(2) });
  labelling.reviews.undo({ reader: 'me', reviewId: undone.reviewId });
  const { text, rows, fileName } = labelling.reviews.exportCsv({ panel: 'P' });
  expect([rows, fileName]).toEqual([2, 'P-reviews.csv']);

  const other = temporaryArchive();
  try {
    const otherModel = axisModel(other.archive, 8);
    const there = createLabelling({ archive: other.archive, model: () => otherModel });
    addItems(other.archive, otherModel.row, [{ vectors: [] }, { vectors: [] }]);
    expect(await there.reviews.importCsv({ panel: 'P', text })).toEqual({
      added: 1,
      known: 0,
      unknownItems: 1,
    });
    expect(await there.reviews.importCsv({ panel: 'P', text })).toEqual({
      added: 0,
      known: 1,
      unknownItems: 1,
    });
    expect(other.archive.reviews.all('P')).toMatchObject([
      { verdict: 'correct', labels: '["b"]', tookMs: 12 },
    ]);
  } finally {
    other.remove();
  }
  await expect(
    labelling.reviews.importCsv({ panel: 'P', text: 'sha256,verdict\nx,maybe\n' }),
  ).rejects.toMatchObject({ code: 'truth.unreadable', details: { line: 2 } });
});

test('what was acknowledged survives kill -9', async () => {
  place.archive.close();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'decide-until-killed.ts'), place.folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split('\n').length > 60) resolve();
    });
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const acknowledged = said.split('\n').slice(0, -1).map(Number);
  const archive = openArchive(place.folder, { create: false, now: 'now' });
  const kept = new Set(archive.reviews.all('P').map(({ id }) => id));
  archive.close();
  expect(acknowledged.length).toBeGreaterThanOrEqual(60);
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
});
