import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import { createLabelling, type LabelModel, type Labelling } from '../../../../main/core/label/labelling.ts';
import { axisModel, simulateItems, vectorFor, type Simulated } from '../../../support/axis-model.ts';
import { addItems, temporaryArchive } from '../../../support/vector-archive.ts';

const labels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const panel = { name: 'Simulated', labels: labels.map((name) => ({ name })) };
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
const fit = (input: Input<'calibration.fit'>) =>
  labelling.calibrations.fit(methods['calibration.fit'].input.parse(input));
const list = () => labelling.calibrations.list(methods['calibration.list'].input.parse({ panel }));
const asTruth = (items: readonly Simulated[]) =>
  items.map(({ itemId, label }) => ({ itemId, labels: [label] })) as Input<'calibration.fit'>['truth'];

/** Somebody goes through a run and says what is right. */
async function review(items: readonly Simulated[], reader = 'me'): Promise<number> {
  const { runId } = await run({ panel });
  const { predictions } = await labelling.predictions(
    methods['label.predictions'].input.parse({ runId, order: 'item', limit: 100_000 }),
  );
  const first = new Map(predictions.map(({ itemId, ranked }) => [itemId as number, ranked[0]?.label]));
  for (const { itemId, label } of items) {
    const verdict = first.get(itemId) === label ? 'confirm' : 'correct';
    const input = { runId, itemId, verdict, labels: verdict === 'correct' ? [label] : [], reader };
    labelling.reviews.decide(methods['review.decide'].input.parse(input));
  }
  return runId;
}

describe('2,000 reviewed items of an over-confident model', () => {
  test('calibrated on one half of the patients, the other half is honest', async () => {
    const items = simulateItems(place.archive, model, labels, { count: 2000, over: 2.5, perPatient: 4 });
    const calibration = await fit({ panel, truth: asTruth(items) });
    expect(calibration.fitted).toMatchObject({ is: 'temperature', temperature: expect.closeTo(2.5, 0) });
    expect(calibration.fit.items + calibration.report.items).toBe(2000);
    expect(calibration.fit.patients + calibration.report.patients).toBe(500);
    const { after, before, perfect } = calibration;
    expect(after.ece.value).toBeLessThanOrEqual(before.ece.value / 3);
    expect(after.ece.value).toBeLessThanOrEqual(perfect.high);
    expect(before.ece.value).toBeGreaterThan(perfect.high);
    expect(after.ece.low).toBeLessThan(after.ece.value);
    expect(after.ece.high).toBeGreaterThan(after.ece.value);
    expect(after.brier.value).toBeLessThan(before.brier.value);
    expect(after.bins.reduce((sum, { n }) => sum + n, 0)).toBe(calibration.report.items);
    for (const { alpha, held } of calibration.conformal)
      expect(Math.abs(held - (1 - alpha))).toBeLessThan(0.04);
  });

  test('a run after it is calibrated, says "uncertain" at its line, and is more often right where it decides', async () => {
    const items = simulateItems(place.archive, model, labels, { count: 2000, over: 2.5 });
    const before = await run({ panel });
    const calibration = await fit({ panel, truth: asTruth(items) });
    const after = await run({ panel });
    expect(before).toMatchObject({ calibrated: false, uncertain: 0 });
    expect(after).toMatchObject({
      calibrated: true,
      calibrationId: calibration.calibrationId,
      abstention: { is: 'threshold', below: calibration.threshold },
    });
    expect(after.uncertain / after.items).toBeCloseTo(0.1, 1);
    const evaluate = (runId: number) =>
      labelling.evaluations.evaluate(methods['label.evaluate'].input.parse({ runId, truth: asTruth(items) }));
    const [whole, decided] = [await evaluate(before.runId), await evaluate(after.runId)];
    expect(decided.accuracy?.value).toBeGreaterThan(whole.accuracy?.value ?? NaN);
    expect(decided.ece?.value).toBeLessThan((whole.ece?.value ?? NaN) / 3);
    expect(whole.confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(2000);
    expect(decided.uncertain).toBe(after.uncertain);
    // The earlier run is what it was.
    expect(labelling.runs().find(({ runId }) => runId === before.runId)).toEqual(before);
  });

  test('conformal sets decide only where one label is left', async () => {
    const items = simulateItems(place.archive, model, labels, { count: 1000, over: 2.5 });
    await expect(run({ panel, abstain: { is: 'conformal', alpha: 0.1 } })).rejects.toMatchObject({
      code: 'calibration.missing',
    });
    await fit({ panel, truth: asTruth(items) });
    const decided = await run({ panel, abstain: { is: 'conformal', alpha: 0.1 } });
    expect(decided.uncertain).toBeGreaterThan(0);
    expect(decided.uncertain).toBeLessThan(decided.items);
  });
});

test.each([20, 99])('%i cases are refused, with how many more are needed', async (count) => {
  const items = simulateItems(place.archive, model, labels, { count, over: 2 });
  await expect(fit({ panel, truth: asTruth(items) })).rejects.toMatchObject({
    code: 'calibration.too-few',
    details: { have: count, needed: 100, more: 100 - count },
  });
});

test('many pictures of few patients are refused', async () => {
  const items = simulateItems(place.archive, model, labels, { count: 300, over: 2, perPatient: 60 });
  await expect(fit({ panel, truth: asTruth(items) })).rejects.toMatchObject({
    code: 'calibration.too-few',
    details: { have: 5, needed: 10, of: 'patients' },
  });
});

test('methods with parameters of each label need examples of each', async () => {
  const items = simulateItems(place.archive, model, labels, { count: 120, over: 2 });
  await expect(fit({ panel, method: 'vector', truth: asTruth(items) })).rejects.toMatchObject({
    code: 'calibration.too-few',
    details: { needed: 20 },
  });
  await expect(fit({ panel, method: 'temperature', truth: asTruth(items) })).resolves.toBeTruthy();
});

describe('on reviewed items only', () => {
  test('without any there is nothing to evaluate against', async () => {
    simulateItems(place.archive, model, labels, { count: 5, over: 2 });
    const { runId } = await run({ panel });
    const request = methods['label.evaluate'].input.parse({ runId });
    await expect(labelling.evaluations.evaluate(request)).rejects.toMatchObject({ code: 'evaluation.empty' });
  });

  test('what people decided is what is fitted; what they dispute, reject or doubt is not', async () => {
    const items = simulateItems(place.archive, model, labels, { count: 400, over: 2 });
    const reviewed = items.slice(0, 150);
    const runId = await review(reviewed);
    expect(await list()).toMatchObject({ reviewed: 150, needed: 100, calibrations: [] });
    const [first, second, third] = reviewed as [Simulated, Simulated, Simulated];
    const decide = (item: Simulated, verdict: string, reader: string, decided: string[] = []) =>
      labelling.reviews.decide(
        methods['review.decide'].input.parse({
          runId,
          itemId: item.itemId,
          verdict,
          labels: decided,
          reader,
        }),
      );
    decide(first, 'correct', 'other', [first.label === 'a' ? 'b' : 'a']);
    decide(second, 'reject', 'me');
    decide(third, 'skip', 'me');
    expect((await list()).reviewed).toBe(148);
    const calibration = await fit({ panel });
    expect(calibration.fit.items + calibration.report.items).toBe(148);
  });

  test('other words, another model or a newer fit make it stale', async () => {
    const items = simulateItems(place.archive, model, labels, { count: 200, over: 2 });
    await review(items);
    const { calibrationId } = await fit({ panel });
    expect((await list()).calibrations[0]?.stale).toBeNull();

    const reworded = { ...panel, templates: ['{label}', 'x {label}'] };
    const states = async (given: Input<'calibration.list'>['panel']) =>
      (
        await labelling.calibrations.list(methods['calibration.list'].input.parse({ panel: given }))
      ).calibrations.map(({ stale }) => stale);
    expect(await states(reworded)).toEqual(['panel']);
    await fit({ panel });
    expect(await states(panel)).toEqual([null, 'replaced']);
    model = axisModel(place.archive, 17);
    expect(await states(panel)).toEqual(['model', 'model']);
    expect((await run({ panel })).calibrated).toBe(false);
    expect(calibrationId).toBeGreaterThan(0);
  });

  test('the line for "uncertain" can be moved, and only that', async () => {
    const items = simulateItems(place.archive, model, labels, { count: 300, over: 2 });
    const { calibrationId, threshold, ...rest } = await fit({ panel, truth: asTruth(items) });
    const moved = await labelling.calibrations.setThreshold({ calibrationId, below: 0.8 });
    expect(moved).toEqual({ calibrationId, threshold: 0.8, ...rest });
    expect((await run({ panel })).abstention).toEqual({ is: 'threshold', below: 0.8 });
    await labelling.calibrations.setThreshold({ calibrationId, below: null });
    expect((await run({ panel })).abstention).toEqual({ is: 'never' });
    expect(threshold).not.toBe(0.8);
  });
});

describe('independent labels', () => {
  const any = {
    name: 'Findings',
    mode: 'independent' as const,
    labels: [
      { name: 'x', negatives: ['no x'] },
      { name: 'y', negatives: ['no y'] },
    ],
  };
  /** Margins three times too large; x and y drawn each for itself. */
  function simulateFindings(count: number) {
    const random = (n: number) => ((Math.sin(n * 12.9898) * 43758.5453) % 1) ** 2;
    const margins = Array.from({ length: count }, (_, n) => [
      4 * random(2 * n) - 2,
      4 * random(2 * n + 1) - 2,
    ]);
    const itemIds = addItems(
      place.archive,
      model.row,
      margins.map((own) => ({
        vectors: [
          vectorFor(
            own.map((margin) => 3 * margin),
            model.row.dimensions,
          ),
        ],
      })),
      77,
    );
    return itemIds.map((itemId, n) => ({
      itemId,
      labels: ['x', 'y'].filter((_, index) => {
        const chance = 1 / (1 + Math.exp(-((margins[n] as number[])[index] as number)));
        return random(7919 * n + index + 1) < chance;
      }),
    }));
  }

  test.each(['temperature', 'vector', 'isotonic'] as const)('%s makes them honest', async (method) => {
    const truth = simulateFindings(800) as Input<'calibration.fit'>['truth'];
    const { after, before, fitted } = await fit({ panel: any, method, truth });
    expect(fitted.is).toBe(method);
    expect(after.ece.value).toBeLessThan(before.ece.value / 2);
  });
});
