import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';
import { look } from './look.ts';

/** What `npm start` shows somebody who has never seen the program: what to do, and what the numbers mean. */
describe.skipIf(!hasChromium)('the first minute with the demo', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
    await window.page.getByRole('option').first().waitFor();
  });
  afterAll(() => window?.close());

  const example = (words: string) =>
    window.page.getByRole('group', { name: 'Searches to try' }).getByRole('button', { name: words });

  test('a search to try is one click away, and finds what it says', async () => {
    const { page } = window;
    await look(window, 'first-minute');
    await example('chest x-ray with a pacemaker').click();
    await page.getByRole('heading', { name: '2 stand out of 36' }).waitFor();
    const first = page.getByRole('option').first();
    expect(await first.innerText()).toContain('xray-chest-pacemaker');
    await example('skin lesion').click();
    await page.getByRole('heading', { name: '2 stand out of 36' }).waitFor();
    await expect.poll(() => first.innerText()).toContain('dermoscopy');
  });

  test('what the numbers say is told beside them, and by each hit', async () => {
    const { page } = window;
    const button = page.getByRole('button', { name: 'What the numbers say' });
    await button.press('Enter');
    const told = page.getByRole('dialog', { name: 'What the numbers say' });
    await told.getByText('None of them is a probability.').waitFor();
    await told.getByText('what these words score on random items of this archive').waitFor();
    await look(window, 'first-minute-numbers');
    await page.keyboard.press('Escape');
    await told.waitFor({ state: 'hidden' });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.getByRole('option').first().locator('.cap').first().getAttribute('title')).toMatch(
      /^\d+\.\d spreads above random items, cosine 0\.\d{3}$/,
    );
  });

  test('what is not in the archive is answered with that', async () => {
    const { page } = window;
    await example('a cat on a sofa').click();
    await page.getByRole('heading', { name: 'Nothing stands out' }).waitFor();
    await page.getByText('This model never learned “cat”, “sofa”').waitFor();
    await look(window, 'first-minute-nothing');
  });

  test('names that are cut short keep what tells them apart', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Clear the query' }).click();
    const tile = page.getByRole('option', { name: /ct-chest-effusion-01\.dcm/ });
    const name = tile.getByTitle('ct-chest-effusion-01.dcm');
    await name.waitFor();
    const [whole, end] = [
      await name.boundingBox(),
      await name.getByText('-01.dcm', { exact: true }).boundingBox(),
    ];
    expect((end?.x ?? 0) + (end?.width ?? 0)).toBeLessThanOrEqual((whole?.x ?? 0) + (whole?.width ?? 0) + 1);
    // Read out it is one word.
    expect(await tile.ariaSnapshot()).toContain('ct-chest-effusion-01.dcm CHEST');
    expect(await tile.ariaSnapshot()).not.toContain('effusion -01');
    expect(window.complaints).toEqual([]);
  });
});
