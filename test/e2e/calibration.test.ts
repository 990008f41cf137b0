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
import { look } from './look.ts';

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
    await page.keyboard.press('Alt+3');
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
    await look(window, 'labels-calibration');
    const card = (title: string) =>
      page.locator('.card').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
    for (const [title, rows] of [
      ['Reliability', 11],
      ['Line for “uncertain”', 14],
    ] as const) {
      await card(title).getByRole('button', { name: 'Show as table' }).click();
      await expect.poll(() => card(title).getByRole('table').getByRole('row').count()).toBe(rows);
      await window.shot(`labels-${title.slice(0, 4)}-table-dark`);
      await card(title).getByRole('button', { name: 'Show as chart' }).click();
      for (const kind of ['SVG', 'PNG']) {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          card(title).getByRole('button', { name: kind, exact: true }).click(),
        ]);
        const { width, height } = await sharp(await download.path()).metadata();
        expect(width).toBeGreaterThan(400);
        expect(height).toBeGreaterThan(200);
      }
    }
  });

  test('the line for "uncertain" is chosen on the curve of coverage against accuracy', async () => {
    const { handlers } = window.core;
    const list = async () => {
      const panel = run.panel;
      return (await handlers['calibration.list']({ panel }, signal)).calibrations[0];
    };
    const points = page.locator('g.point');
    await points.nth(9).click();
    const wanted = (await list())?.coverage.toSorted((a, b) => a.coverage - b.coverage)[9];
    await expect.poll(async () => (await list())?.threshold).toBe(wanted?.threshold);
    await page.getByText(`${Math.floor((wanted?.coverage ?? 0) * 100)} % answered,`).waitFor();
    await look(window, 'labels-coverage');
  });

  test('a probe is learned and compared with the words', async () => {
    await page.getByRole('button', { name: 'Learn a probe' }).click();
    await page
      .getByText(/The probe is better|The words are better|Too close to tell/)
      .first()
      .waitFor();
    await window.shot('labels-probe-dark');
    await page.getByRole('radio', { name: 'Probe' }).check({ force: true });
    await page.getByText('Not calibrated yet').waitFor();
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await page.getByText(/By probes that had not met/).waitFor();
    await look(window, 'labels-probe-calibration');
    await page.getByRole('radio', { name: 'Words' }).check({ force: true });
  });

  test('the next run is calibrated; another wording makes the calibration stale', async () => {
    await tab('Panel');
    await page.getByRole('button', { name: `Apply to ${PICTURES} items` }).click();
    await page.getByText('calibrated', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Evaluate' }).click();
    await page.getByText(/right, of \d+ decided items/).waitFor();
    await page.getByRole('button', { name: /^\d+ items?: intact bone, said intact bone/ }).click();
    await page
      .getByRole('button', { name: /^Open xray-bone-normal-/ })
      .first()
      .waitFor();
    await page.getByRole('heading', { name: 'Against what people decided' }).scrollIntoViewIfNeeded();
    await look(window, 'labels-evaluation');
    await tab('Panel');
    const say = page.getByRole('combobox', { name: 'Say “uncertain”' });
    await say.selectOption({ label: 'unless the 90 % set has one label' });
    await page.getByRole('button', { name: `Apply to ${PICTURES} items` }).click();
    await page.getByText('Not one label at 90 %').waitFor();
    const { runs } = await window.core.handlers['label.runs']({}, signal);
    expect(runs[0]).toMatchObject({ abstention: { is: 'conformal', alpha: 0.1 }, calibrated: true });
    expect(runs[0]?.uncertain).toBeGreaterThan(0);
    await window.shot('labels-conformal-dark');
    await tab('Panel');
    await say.selectOption('calibrated');
    const words = page.getByRole('textbox', { name: 'Labels and their words' });
    await words.fill((await words.inputValue()).replace('lung nodule', 'lung nodule, coin lesion'));
    await page.keyboard.press('Control+S');
    await tab('Calibration');
    await page.getByText('This calibration is stale.').waitFor();
    await look(window, 'labels-calibration-stale');
    await page.getByRole('button', { name: 'Measure again' }).click();
    await page.getByText('in use').waitFor();
  });

  test("a second reader, blinded, sees no suggestion and no answer; the two readers' agreement has an interval", async () => {
    await tab('Review');
    await page.getByRole('textbox', { name: 'Your name in the log' }).fill('reader 2');
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: 'Second reading' }).check();
    const counter = page.getByRole('status').filter({ hasText: / of / });
    await expect.poll(() => counter.textContent()).toBe(`0 of ${PICTURES}`);
    expect(await page.getByRole('switch', { name: 'Hide suggestion' }).isChecked()).toBe(true);
    const choices = page.getByRole('group', { name: 'Labels' }).getByRole('button');
    expect(await choices.first().textContent()).not.toMatch(/0\.\d\d/);
    expect(await page.getByRole('list', { name: 'Nearest confirmed' }).count()).toBe(0);
    for (const [at, key] of [...'123456712345'].entries()) {
      await page.keyboard.press(key);
      await expect.poll(() => counter.textContent()).toBe(`${at + 1} of ${PICTURES}`);
    }
    await page.getByRole('checkbox', { name: 'One per patient' }).check();
    await expect
      .poll(() => page.getByText(/^\s*κ/).textContent())
      .toMatch(/κ [−-]?\d\.\d\d \([−-]?\d\.\d\d to [−-]?\d\.\d\d\), n = 12/);
    await look(window, 'labels-second-reading');
    await page.getByRole('checkbox', { name: 'Second reading' }).uncheck();
    const nearest = page.getByRole('list', { name: 'Nearest confirmed' });
    await expect.poll(() => nearest.getByRole('button').count()).toBe(6);
    await look(window, 'labels-nearest');
    expect(window.complaints).toEqual([]);
  });
});
