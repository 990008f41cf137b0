import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

describe.skipIf(!hasChromium)('judging', () => {
  let window: Window;
  beforeAll(async () => {
    window = await openWindow({ demo: true });
  });
  afterAll(() => window?.close());

  test('hits are judged by keys, taken back, and the share stands beside the line', async () => {
    const { page } = window;
    await page.getByRole('textbox', { name: 'Describe what the pictures show' }).fill('CT of the head');
    await page.keyboard.press('Enter');
    await page.getByRole('listbox', { name: 'Results' }).waitFor();
    await page.getByRole('button', { name: 'Judge…' }).click();
    const status = page.getByRole('dialog').getByRole('status');
    await status.getByText('0 of 30 judged').waitFor();
    await window.shot('judging');
    for (let judged = 1; judged <= 30; judged += 1) {
      await page.keyboard.press(judged % 3 === 0 ? 'n' : 'y');
      await status.getByText(`${judged} of 30 judged`).waitFor();
    }
    await page.keyboard.press('u');
    await status.getByText('29 of 30 judged').waitFor();
    await page.keyboard.press('y');
    await page.getByText(/about \d+ % are right/).waitFor();
    expect(await window.accessibility()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByText(/\d+ % right \(\d+–\d+\)/).waitFor();
    await window.shot('judged');
    expect(window.complaints).toEqual([]);
  });

  test('the inspector has texts of other items that fit the picture', async () => {
    const { page } = window;
    await page.getByRole('listbox', { name: 'Results' }).getByRole('option').first().click();
    const texts = page.getByRole('region', { name: 'Texts of others that fit' });
    await texts
      .getByRole('button', { name: /brain|head/i })
      .first()
      .waitFor();
    await window.shot('reports');
    expect(await window.accessibility()).toEqual([]);
    expect(window.complaints).toEqual([]);
  });
});
