import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { demoPicture, openWindow, type Window } from './harness.ts';

/** What parts can be made of and weigh. */
describe.skipIf(!hasChromium)('parts of a query', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
  });
  afterAll(() => window?.close());

  const entry = () => window.page.getByRole('textbox', { name: 'Describe what the pictures show' });
  const formula = () => window.page.getByText(/q = n\(/).innerText();

  test('a weight is stepped by keys from plus to must-not; parts that cancel out are told in words', async () => {
    const { page } = window;
    for (const words of ['glands', 'glands']) {
      await entry().fill(words);
      await entry().press('Enter');
    }
    await expect.poll(formula).toBe('q = n(1.0·"glands" + 1.0·"glands")');
    await entry().focus();
    await page.keyboard.press('Backspace');
    for (let step = 0; step < 11; step += 1) await page.keyboard.press('Alt+ArrowDown');
    await expect.poll(formula).toBe('q = n(1.0·"glands" − 0.2·"glands")');
    for (let step = 0; step < 8; step += 1) await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('heading', { name: 'This query cannot be searched' }).waitFor();
    await page.getByText('The parts cancel each other out. Change a weight or remove a part.').waitFor();
    await window.shot('query-cancels-out-dark');
    await page.getByRole('button', { name: 'Clear the query' }).first().click();
    await page.getByRole('listbox', { name: 'Items' }).waitFor();
  });

  test('a dropped picture is a part of the query', async () => {
    const bytes = demoPicture('fundus-01.jpg').toString('base64');
    await entry().evaluate((element, content) => {
      const data = new DataTransfer();
      const raw = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
      data.items.add(new File([raw], 'dropped.jpg', { type: 'image/jpeg' }));
      for (const type of ['dragenter', 'dragover', 'drop'])
        element.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }, bytes);
    // Formulas are kept, and a file's name may be a person's.
    await expect.poll(formula).toMatch(/^q = n\(1\.0·picture [0-9a-f]{8}\)$/);
    expect(window.complaints).toEqual([]);
  });
});
