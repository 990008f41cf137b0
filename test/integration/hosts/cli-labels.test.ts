import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Calibration, Evaluation } from '../../../preload/contract/calibrations.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { createLabelling } from '../../../main/core/label/labelling.ts';
import { openArchive } from '../../../main/core/store/archive.ts';
import { createEncoder } from '../../../main/core/encode/encoder.ts';
import { removeFolder } from '../../support/core.ts';
import { runCli } from '../../support/cli.ts';
import { fillWithPictures, twelveClasses, type StarterArchive } from '../../support/starter-archive.ts';
import { methods } from '../../../preload/contract/methods.ts';

const PICTURES = 140;
const folder = mkdtempSync(join(tmpdir(), 'vitrine-cli-labels-'));
const archive = join(folder, 'Twelve.vitrine');
const panel = join(folder, 'panel.json');
const truth = join(folder, 'truth.csv');
let pictures: StarterArchive;

async function json<T>(...args: string[]): Promise<{ code: number | null; document: T }> {
  const { code, stdout, stderr } = await runCli(
    join(folder, 'data'),
    ...args,
    '--archive',
    archive,
    '--json',
  );
  expect(stdout.trim().split('\n'), stderr).toHaveLength(1);
  return { code, document: JSON.parse(stdout) as T };
}

/** 140 pictures that the starter bundle was not trained on, and what they show. */
beforeAll(async () => {
  const open = openArchive(archive, { create: true, now: new Date(0).toISOString() });
  pictures = await fillWithPictures(open, PICTURES);
  await pictures.encoder.close();
  open.close();
  writeFileSync(panel, JSON.stringify(twelveClasses));
  const rows = pictures.truth.map(({ itemId, labels: [label = ''] }) => `${itemId},"${label}"`);
  writeFileSync(truth, `itemId,label\n${rows.join('\n')}\n`);
}, 180_000);
afterAll(() => removeFolder(folder));

describe('twelve classes of pictures that the model has not seen', () => {
  test('label: every item with ranked labels, a run that stays', async () => {
    const { code, document } = await json<Output<'label.run'> & Output<'label.predictions'>>(
      'label',
      '--panel',
      panel,
    );
    expect(code).toBe(0);
    expect(document).toMatchObject({ runId: 1, items: PICTURES, calibrated: false });
    expect(document.predictions).toHaveLength(PICTURES);
    for (const { ranked, abstain } of document.predictions) {
      expect(ranked).toHaveLength(12);
      expect(ranked.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
      expect(abstain).toBe(false);
    }
  });

  test('evaluate: the words alone are right in at least 85 %', async () => {
    const { code, document } = await json<Evaluation>('evaluate', '--truth', truth);
    expect(code).toBe(0);
    expect(document.n).toBe(PICTURES);
    expect(document.accuracy?.value).toBeGreaterThanOrEqual(0.85);
    expect(document.confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(PICTURES);
    expect(document.classes.every(({ auroc }) => auroc === null || auroc > 0.9)).toBe(true);
  });

  test('calibrate: parameters, error with interval, bins; the next run is calibrated', async () => {
    const { code, document } = await json<
      Calibration & {
        ece: Calibration['after']['ece'];
        n: number;
        bins: Calibration['after']['bins'];
        temperature: number;
      }
    >('calibrate', '--panel', panel, '--truth', truth);
    expect(code).toBe(0);
    const { ece, n, bins, temperature, fit } = document;
    expect(n + fit.items).toBe(PICTURES);
    expect(temperature).toBeGreaterThan(0);
    expect(ece.low).toBeLessThanOrEqual(ece.value);
    expect(ece.high).toBeGreaterThanOrEqual(ece.value);
    expect(bins.reduce((sum, bin) => sum + bin.n, 0)).toBe(n);
    const run = await json<Output<'label.run'>>('label', '--panel', panel, '--abstain-below', '0.9');
    expect(run.document).toMatchObject({ calibrated: true, abstention: { is: 'threshold', below: 0.9 } });
  });

  test('probe: says which of words and probe is better, or that it cannot', async () => {
    const { code, document } = await json<Output<'probe.fit'>>('probe', '--panel', panel, '--truth', truth);
    expect(code).toBe(0);
    expect(['probe', 'words', 'too-close']).toContain(document.verdict);
    expect(document.probe?.value).toBeGreaterThan(0.8);
    const run = await json<Output<'label.run'>>(
      'label',
      '--panel',
      panel,
      '--probe',
      String(document.probeId),
    );
    expect(run.document.scorer).toBe('probe');
  });

  test('review: decisions go out as CSV and come in once', async () => {
    const open = openArchive(archive, { create: false, now: new Date(0).toISOString() });
    const encoder = await createEncoder({
      folder: join(import.meta.dirname, '../../../models/starter'),
      device: 'cpu',
    });
    const labelling = createLabelling({ archive: open, model: () => ({ row: pictures.row, encoder }) });
    const { itemId } = pictures.truth[0] as { itemId: number };
    const decision = { runId: 1, itemId, verdict: 'confirm', reader: 'me' };
    labelling.reviews.decide(methods['review.decide'].input.parse(decision));
    await encoder.close();
    open.close();
    const out = join(folder, 'reviews.csv');
    const { document } = await json('review', 'export', '--panel', twelveClasses.name, '--out', out);
    expect(document).toMatchObject({ rows: 1 });
    expect(readFileSync(out, 'utf8')).toContain(',confirm,');
    const again = await json('review', 'import', out, '--panel', twelveClasses.name);
    expect(again.document).toEqual({ added: 0, known: 1, unknownItems: 0 });
    const other = await json('review', 'import', out, '--panel', 'Another');
    expect(other.document).toEqual({ added: 1, known: 0, unknownItems: 0 });
    const second = join(folder, 'second.csv');
    writeFileSync(second, readFileSync(out, 'utf8').replace(/(,confirm,[^,]*,)[^,]*/, '$1another'));
    await json('review', 'import', second, '--panel', 'Another');
    const progress = await json<Output<'review.progress'>>('review', 'progress', '--panel', 'Another');
    expect(progress.document).toMatchObject({
      reviewed: 1,
      disputed: 0,
      agreement: [{ items: 1, kappa: null }],
    });
  });
});

describe('refusals', () => {
  const few = join(folder, 'few.csv');
  const broken = join(folder, 'broken.json');
  test.each([
    [
      'calibration.too-few',
      ['calibrate', '--panel', panel, '--truth', few],
      { have: 20, needed: 100, more: 80 },
    ],
    ['truth.unreadable', ['calibrate', '--panel', panel, '--truth', panel], {}],
    ['panel.unreadable', ['label', '--panel', broken], {}],
    // A list of what is right is no panel: its labels come again and again.
    ['panel.invalid', ['label', '--panel', few], {}],
    ['file.missing', ['label', '--panel', join(folder, 'none.json')], {}],
    ['calibration.missing', ['label', '--panel', panel, '--conformal', '0.1', '--uncalibrated'], {}],
    ['probe.unknown', ['label', '--panel', panel, '--probe', '99'], { probeId: 99 }],
    ['run.unknown', ['evaluate', '--run', '99'], {}],
  ])('%s', async (fault, args, details) => {
    writeFileSync(broken, '{"name": ');
    writeFileSync(few, readFileSync(truth, 'utf8').split('\n').slice(0, 21).join('\n'));
    const { code, document } = await json(...args);
    expect(code).toBe(1);
    expect(document).toMatchObject({ fault: { code: fault, details } });
  });

  test('a line that is no probability is wrong usage', async () => {
    const { code } = await runCli(
      join(folder, 'data'),
      'label',
      '--archive',
      archive,
      '--panel',
      panel,
      '--abstain-below',
      '2',
    );
    expect(code).toBe(2);
  });
});
