import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

/** The prompt lab of the query. */
describe.skipIf(!hasChromium)('wordings', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
  });
  afterAll(() => window?.close());

  test('several wordings are compared, and one of them can be searched with', async () => {
    const { page } = window;
    const entry = page.getByRole('textbox', { name: 'Describe what the pictures show' });
    await entry.fill('stained tissue');
    await entry.press('Enter');
    await page.getByRole('button', { name: 'Compare wordings…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Compare wordings' });
    await dialog.getByText(/items are unstable/).waitFor();
    expect(await dialog.getByRole('button', { name: 'Search', exact: true }).count()).toBe(4);
    const draft = dialog.getByLabel('One wording a line, two to twelve');
    await draft.fill('stained tissue\nchest x-ray\nfundus of the eye');
    await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
    await expect.poll(() => dialog.getByRole('button', { name: 'Search', exact: true }).count()).toBe(3);
    await window.shot('wordings-dark');
    expect(await window.accessibility()).toEqual([]);
    await draft.fill('only one');
    await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
    await dialog.getByText('give at least two different ones').waitFor();
    await dialog.getByRole('button', { name: 'Search', exact: true }).last().click();
    await expect.poll(() => page.getByText(/q = n\(/).innerText()).toContain('"fundus of the eye"');
    expect(window.complaints).toEqual([]);
  });
});
