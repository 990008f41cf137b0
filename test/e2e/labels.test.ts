import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

/** J6: a panel in words, applied to stored vectors. */
describe.skipIf(!hasChromium)('labels', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
    await window.page.getByRole('option').first().waitFor();
  });
  afterAll(() => window?.close());

  test('a panel is written, applied and read', async () => {
    const { page } = window;
    await page.keyboard.press('Alt+2');
    await page.getByRole('heading', { name: 'Labels', exact: true }).waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('What it is');
    await page
      .getByRole('textbox', { name: 'Labels and their words' })
      .fill('stained tissue, histology\nchest x-ray\nCT of the head\nphotograph of the retina, fundus');
    const read = page.getByRole('list', { name: 'Labels as they are read' });
    await expect.poll(() => read.getByRole('listitem').count()).toBe(4);
    await window.shot('labels-panel-dark');
    expect(await window.accessibility()).toEqual([]);
    await page.getByRole('button', { name: 'Apply to 36 items' }).click();
    await page.getByRole('heading', { name: 'Ranked labels' }).waitFor();
    await page.getByText('uncalibrated').first().waitFor();
    const table = page.getByRole('table', { name: 'Ranked labels per item' });
    await expect.poll(() => table.getByRole('row').count()).toBeGreaterThan(5);
    await window.shot('labels-results-dark');
    expect(await window.accessibility()).toEqual([]);
    await window.theme('light');
    await window.shot('labels-results-light');
    expect(await window.accessibility()).toEqual([]);
    await window.theme('dark');
  });

  test('probabilities of one item add up to one and follow their order', async () => {
    const { core } = window;
    const signal = new AbortController().signal;
    const { runs } = await core.handlers['label.runs']({}, signal);
    const runId = runs[0]?.runId;
    if (runId === undefined) throw new Error('no run');
    const request = { runId, order: 'item', offset: 0, limit: 100 } as const;
    const { predictions, total } = await core.handlers['label.predictions'](request, signal);
    expect(total).toBe(36);
    for (const { ranked } of predictions) {
      const probabilities = ranked.map(({ probability }) => probability);
      expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
      expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
    }
    const eye = predictions.find(({ path }) => path.includes('fundus-01'));
    expect(eye?.ranked[0]?.label).toBe('photograph of the retina');
  });

  test('an item of the results opens where it lies', async () => {
    const { page } = window;
    await page
      .getByRole('button', { name: /^Open / })
      .first()
      .click();
    await page.getByRole('region', { name: /^Viewer/ }).waitFor();
    await page.keyboard.press('Escape');
    expect(window.complaints).toEqual([]);
  });
});
