import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';
import { look } from './look.ts';

/** Labels that apply each for itself: from a panel to begin with over review to one table per label. */
describe.skipIf(!hasChromium)('independent labels', () => {
  let window: Window;
  let page: Page;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
    ({ page } = window);
    await page.getByRole('option').first().waitFor();
  });
  afterAll(() => window?.close());

  test('a panel to begin with is taken over and applied; an item may have several labels, or none', async () => {
    await page.keyboard.press('Alt+3');
    await page
      .getByRole('combobox', { name: 'Take over a panel' })
      .selectOption({ label: 'Chest radiograph findings' });
    await page.getByRole('combobox', { name: 'Usual templates' }).selectOption('Radiography');
    await page.getByRole('checkbox', { name: 'an X-ray showing {label}' }).waitFor();
    expect(await page.getByRole('checkbox', { name: 'plain film, {label}' }).isChecked()).toBe(true);
    await page
      .getByRole('textbox', { name: /^Wordings of its absence/ })
      .and(page.locator(':enabled'))
      .waitFor();
    await look(window, 'independent-panel');
    await page.getByRole('button', { name: 'Apply to 36 items' }).click();
    await page.getByRole('heading', { name: 'Ranked labels' }).waitFor();
    await page.getByText('Has', { exact: true }).waitFor();
    await look(window, 'independent-results');
  });

  test('a person ticks what applies and accepts', async () => {
    await page.getByRole('tab', { name: /^Review/ }).click();
    await page.getByRole('img', { name: /^Item / }).waitFor();
    const counter = page.getByRole('status').filter({ hasText: / of / });
    await expect.poll(() => counter.textContent()).toBe('0 of 36');
    for (let n = 0; n < 6; n += 1) {
      await page.keyboard.press('1');
      if (n % 2 === 0) await page.keyboard.press('2');
      await page.keyboard.press('a');
      await expect.poll(() => counter.textContent()).toBe(`${n + 1} of 36`);
    }
    await look(window, 'independent-review');
  });

  test('each label has a table of two, whose cells open', async () => {
    await page.getByRole('tab', { name: /^Results/ }).click();
    await page.getByRole('button', { name: 'Evaluate' }).click();
    await page.getByText(/right, of \d+ decided items/).waitFor();
    const cell = page.getByRole('button', { name: /^\d+ items?: Pleural effusion: / }).first();
    const n = Number(await cell.textContent());
    await cell.click();
    await page.getByText(new RegExp(`: ${n} items?$`)).waitFor();
    await page.getByRole('heading', { name: 'Against what people decided' }).scrollIntoViewIfNeeded();
    await look(window, 'independent-evaluation');
    expect(window.complaints).toEqual([]);
  });
});
