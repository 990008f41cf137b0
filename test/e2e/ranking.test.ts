import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

/** The order of what stands out, and what stays over a reload. */
describe.skipIf(!hasChromium)('ranking', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
  });
  afterAll(() => window?.close());

  const entry = () => window.page.getByRole('textbox', { name: 'Describe what the pictures show' });
  const results = () => window.page.getByRole('listbox', { name: 'Results' });
  const above = async () => {
    await results().waitFor();
    const group = results().getByRole('group', { name: 'Above the line' });
    return (await group.getByRole('option').locator('.cap.second').allInnerTexts()).map((text) =>
      text.trim(),
    );
  };
  const options = () => window.page.getByRole('dialog', { name: 'Order and grouping' });
  const toggle = () => window.page.getByRole('button', { name: /^Ranking/ }).click();
  const choose = async (label: string, value: string) => {
    await toggle();
    await options().getByLabel(label).selectOption(value);
    await toggle();
    await options().waitFor({ state: 'hidden' });
  };

  test('diverse and by name put the same pictures in another order; a reload keeps it, and the match', async () => {
    const { page } = window;
    await entry().fill('stained tissue under the microscope');
    await entry().press('Enter');
    await results().waitFor();
    await choose('of each', 'none');
    await results().focus();
    for (let step = 0; step < 25; step += 1) await page.keyboard.press('[');
    await expect.poll(async () => (await above()).length).toBeGreaterThan(15);
    const ranked = await above();
    await choose('Order of what stands out', 'diverse');
    await page.getByText('Diverse', { exact: true }).waitFor();
    await expect.poll(above).not.toEqual(ranked);
    expect((await above()).toSorted()).toEqual(ranked.toSorted());
    await toggle();
    await window.shot('ranking-options-dark');
    expect(await window.accessibility()).toEqual([]);
    await toggle();

    await choose('Order of what stands out', 'name');
    await expect.poll(above).toEqual(ranked.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })));
    const match = page.getByRole('radiogroup', { name: 'What is searched' });
    await match.getByText('Both').click();
    await expect.poll(() => match.getByRole('radio', { name: 'Both' }).isChecked()).toBe(true);
    await page.reload();
    await results().waitFor();
    expect(await match.getByRole('radio', { name: 'Both' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Ranking · 1' }).waitFor();
    await match.getByText('Meaning').click();
    await choose('Order of what stands out', 'rank');
    expect(window.complaints).toEqual([]);
  });

  test('what the answer warns of is shown above it', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Clear the query' }).click();
    await entry().fill('xylophone');
    await entry().press('Enter');
    await results().waitFor();
    await page.getByRole('radiogroup', { name: 'What is searched' }).getByText('Both').click();
    await page.getByText('No attribute, caption or report has any of these words').waitFor();
    await window.shot('notices-dark');
    await page.getByRole('radiogroup', { name: 'What is searched' }).getByText('Meaning').click();
  });
});
