import { afterEach, beforeEach, expect, test } from 'vitest';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import { createLabelling, type LabelModel, type Labelling } from '../../../../main/core/label/labelling.ts';
import { axisModel, simulateItems } from '../../../support/axis-model.ts';
import { temporaryArchive } from '../../../support/vector-archive.ts';

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
