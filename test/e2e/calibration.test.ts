import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { generateCase } from '../../models/starter/source/generate/case.ts';
import type { Label } from '../../models/starter/source/generate/labels.ts';
import { seeds } from '../../models/starter/source/generate/seeds.ts';
import type { Output } from '../../preload/contract/methods.ts';
import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

/** Kinds that a model confuses, in a user's words. */
const kinds: Readonly<Partial<Record<Label, string>>> = {
  'ct-chest-normal': 'normal lungs',
  'ct-chest-nodule': 'lung nodule',
  'ct-chest-effusion': 'pleural effusion',
  'xray-bone-normal': 'intact bone',
  'xray-bone-fracture': 'bone fracture',
  'ct-head-normal': 'normal brain',
  'ct-head-haemorrhage': 'brain haemorrhage',
};
const PICTURES = 168;

/** J7 to its end: 168 pictures reviewed, then calibrated, then stale. */
describe.skipIf(!hasChromium)('calibration', () => {
  let window: Window;
  let page: Page;
  let run: Output<'label.run'>;
  const { signal } = new AbortController();

  beforeAll(async () => {
    window = await openWindow();
    ({ page } = window);
    const folder = join(window.home, 'Pictures');
    mkdirSync(folder);
    const labels = Object.keys(kinds) as Label[];
    for (let n = 0; n < PICTURES; n += 1) {
      const label = labels[n % labels.length] as Label;
      const { rgb, sizePx } = generateCase(seeds.heldOut + n, { sizePx: 224, label });
      const raw = { width: sizePx, height: sizePx, channels: 3 } as const;
      await sharp(rgb, { raw })
        .png()
        .toFile(join(folder, `${label}-${String(n).padStart(3, '0')}.png`));
    }
    await window.core.openOrCreate(join(window.home, 'Kinds.vitrine'));
    await window.core.handlers['import.start']({ folders: [folder], identity: 'standard' } as never, signal);
    await window.settled();
    await page.reload();
    await page.getByRole('option').first().waitFor();
  }, 120_000);
  afterAll(() => window?.close());

  const tab = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
  async function look(name: string): Promise<void> {
    for (const theme of ['light', 'dark'] as const) {
      await window.theme(theme);
      await window.shot(`${name}-${theme}`);
      expect(await window.accessibility()).toEqual([]);
    }
  }

  /** Every item that is left, as a person who knows would decide it. */
  async function decideTheRest(): Promise<void> {
    const { handlers } = window.core;
    const request = { runId: run.runId, order: 'item', offset: 0, limit: 1000 } as const;
    const { predictions } = await handlers['label.predictions'](request, signal);
    for (const { itemId, path, ranked } of predictions) {
      const right = kinds[path.replace(/-\d+\.png$/, '') as Label] as string;
      const confirmed = ranked[0]?.label === right;
      await handlers['review.decide'](
        {
          runId: run.runId,
          itemId,
          verdict: confirmed ? 'confirm' : 'correct',
          labels: confirmed ? [] : [right],
          reader: 'reader 1',
          blinded: false,
          tookMs: 2000,
        },
        signal,
      );
    }
  }

  test('a panel over all pictures, reviewed', async () => {
    await page.keyboard.press('Alt+2');
    await page.getByRole('button', { name: 'New panel' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Kinds');
    await page.getByRole('textbox', { name: 'Labels and their words' }).fill(Object.values(kinds).join('\n'));
    await page.keyboard.press('Control+S');
    await page.getByText(/^saved /).waitFor();
    await page.getByRole('button', { name: `Apply to ${PICTURES} items` }).click();
    await page.getByRole('heading', { name: 'Ranked labels' }).waitFor();
    const { runs } = await window.core.handlers['label.runs']({}, signal);
    run = runs[0] as Output<'label.run'>;
    await tab('Review');
    await page.getByRole('img', { name: /^Item / }).waitFor();
    await page.keyboard.press('1');
    await decideTheRest();
  });

  test('measured on half of the patients: error with interval, counts, chart and table', async () => {
    await tab('Calibration');
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await page.getByText(/^ECE, 95 %/).waitFor();
    await page.getByText('in use').waitFor();
    await page.getByText(/^Temperature, T = /).waitFor();
    await look('labels-calibration');
    await page.getByRole('button', { name: 'Show as table' }).click();
    await expect
      .poll(() =>
        page
          .getByRole('table', { name: /Reliability/ })
          .getByRole('row')
          .count(),
      )
      .toBe(11);
    await window.shot('labels-calibration-table-dark');
    await page.getByRole('button', { name: 'Show as chart' }).click();
    for (const kind of ['SVG', 'PNG']) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: kind, exact: true }).click(),
      ]);
      const { width, height } = await sharp(await download.path()).metadata();
      expect(width).toBeGreaterThan(400);
      expect(height).toBeGreaterThan(400);
    }
  });

  test('a probe is learned and compared with the words', async () => {
    await page.getByRole('button', { name: 'Learn a probe' }).click();
    await page
      .getByText(/The probe is better|The words are better|Too close to tell/)
      .first()
      .waitFor();
    await window.shot('labels-probe-dark');
  });

  test('the next run is calibrated; another wording makes the calibration stale', async () => {
    await tab('Panel');
    await page.getByRole('button', { name: `Apply to ${PICTURES} items` }).click();
    await page.getByText('calibrated', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Evaluate' }).click();
    await page.getByText(/right, of \d+ decided items/).waitFor();
    await page.getByRole('button', { name: /^\d+ items?: intact bone, said intact bone/ }).click();
    await page
      .getByRole('button', { name: /^Item \d+$/ })
      .first()
      .waitFor();
    await page.getByRole('heading', { name: 'Against what people decided' }).scrollIntoViewIfNeeded();
    await look('labels-evaluation');
    await tab('Panel');
    const words = page.getByRole('textbox', { name: 'Labels and their words' });
    await words.fill((await words.inputValue()).replace('lung nodule', 'lung nodule, coin lesion'));
    await page.keyboard.press('Control+S');
    await tab('Calibration');
    await page.getByText('This calibration is stale.').waitFor();
    await look('labels-calibration-stale');
    await page.getByRole('button', { name: 'Measure again' }).click();
    await page.getByText('in use').waitFor();
    expect(window.complaints).toEqual([]);
  });
});
