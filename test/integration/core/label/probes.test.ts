import { afterEach, beforeEach, expect, test } from 'vitest';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import { createLabelling, type LabelModel, type Labelling } from '../../../../main/core/label/labelling.ts';
import { seededRandom } from '../../../../main/core/domain/statistics/random.ts';
import { axisModel, simulateItems, vectorFor } from '../../../support/axis-model.ts';
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

test('a probe from a few examples is compared with the words on patients it has not met', async () => {
  const shifted = simulateItems(place.archive, model, labels, { count: 400, over: 6 });
  // The words name the wrong axes, so only what was taught can be right.
  const next = (label: string) => labels[(labels.indexOf(label) + 1) % labels.length] as string;
  const truth = shifted.map(({ itemId, label }) => ({
    itemId,
    labels: [next(label)],
  })) as Input<'probe.fit'>['truth'];
  const report = await labelling.probes.fit(methods['probe.fit'].input.parse({ panel, truth }));
  expect(report).toMatchObject({ verdict: 'probe', labels });
  expect(report.difference?.low).toBeGreaterThan(0);
  const probed = await run({ panel, probeId: report.probeId });
  expect(probed).toMatchObject({ scorer: 'probe', calibrated: false });
  const evaluation = await labelling.evaluations.evaluate(
    methods['label.evaluate'].input.parse({ runId: probed.runId, truth }),
  );
  expect(evaluation.accuracy?.value).toBeGreaterThan(report.words?.value ?? NaN);

  const words = await run({ panel });
  const compared = await labelling.compare(
    methods['label.compare'].input.parse({ from: words.runId, to: probed.runId }),
  );
  expect(compared.both).toBe(400);
  expect(compared.total).toBe(400 - compared.agree);
  expect(compared.kappa?.value).toBeLessThan(0.3);
  expect(compared.changed[0]?.from.label).not.toBe(compared.changed[0]?.to.label);
});

test('a probe needs five examples of two labels', async () => {
  const items = simulateItems(place.archive, model, labels, { count: 6, over: 2 });
  const truth = items.map(({ itemId }, n) => ({
    itemId,
    labels: [n < 5 ? 'a' : 'b'],
  })) as Input<'probe.fit'>['truth'];
  await expect(
    labelling.probes.fit(methods['probe.fit'].input.parse({ panel, truth })),
  ).rejects.toMatchObject({ code: 'probe.too-few', details: { perLabel: 5, more: 4 } });
});

test("a probe's probabilities are calibrated on patients that the scoring probes have not met, and hold for new ones", async () => {
  // More directions of noise than a few examples can tell from the one that counts: the probe is too sure of itself.
  model = axisModel(place.archive, 80);
  const random = seededRandom(7);
  const noise = () => (random() + random() + random() - 1.5) * 2;
  const drawn = Array.from({ length: 1300 }, () => {
    const at = Math.floor(random() * 4);
    const logits = Array.from({ length: 78 }, (_, k) => noise() + (k === at ? 2 : 0));
    return { label: labels[at] as string, vectors: [vectorFor(logits, 80)] };
  });
  const items = addItems(place.archive, model.row, drawn, 3).map((itemId, n) => ({
    itemId,
    label: drawn[n]?.label ?? '',
  }));
  const asTruth = (some: typeof items) =>
    some.map(({ itemId, label }) => ({ itemId, labels: [label] })) as Input<'probe.fit'>['truth'];
  const taught = asTruth(items.slice(0, 300));
  const { probeId } = await labelling.probes.fit(methods['probe.fit'].input.parse({ panel, truth: taught }));
  const before = await run({ panel, probeId });
  const calibration = await labelling.calibrations.fit(
    methods['calibration.fit'].input.parse({ panel, truth: taught, probeId }),
  );
  expect(calibration).toMatchObject({ scorer: 'probe', stale: null });
  expect(calibration.fit.items + calibration.report.items).toBe(300);
  expect(calibration.after.ece.value).toBeLessThan(calibration.before.ece.value);
  const after = await run({ panel, probeId, abstain: { is: 'never' } });
  expect(after).toMatchObject({ calibrated: true, calibrationId: calibration.calibrationId });
  // The words have no part in it.
  expect(await run({ panel })).toMatchObject({ scorer: 'words', calibrated: false });

  const fresh = asTruth(items.slice(300));
  const eceOf = async (runId: number) =>
    (await labelling.evaluations.evaluate(methods['label.evaluate'].input.parse({ runId, truth: fresh }))).ece
      ?.value ?? NaN;
  const [raw, honest] = [await eceOf(before.runId), await eceOf(after.runId)];
  expect(raw).toBeGreaterThan(0.1);
  expect(honest).toBeLessThan(raw / 2);

  const stale = async () =>
    (await labelling.calibrations.list(methods['calibration.list'].input.parse({ panel }))).calibrations.map(
      (one) => one.stale,
    );
  expect(await stale()).toEqual([null]);
  await labelling.probes.fit(
    methods['probe.fit'].input.parse({ panel, truth: asTruth(items.slice(0, 200)) }),
  );
  expect(await stale()).toEqual(['probe']);
});
