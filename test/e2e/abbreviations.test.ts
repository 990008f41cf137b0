import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

/** Short forms in a query: written out, asked, chosen, and the dictionary behind them. */
describe.skipIf(!hasChromium)('abbreviations', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
  });
  afterAll(() => window?.close());

  const entry = () => window.page.getByRole('textbox', { name: 'Describe what the pictures show' });
  const formula = () => window.page.getByText(/q = n\(/).innerText();
  const row = () => window.page.getByRole('group', { name: 'Abbreviations in the query' });

  test('one meaning is written out; several ask, the usual one first; the choice outlives a reload', async () => {
    const { page } = window;
    await entry().fill('CXR with PE');
    await entry().press('Enter');
    await expect.poll(formula).toContain('"chest X-ray with PE"); CXR = chest X-ray (abbreviations 1+0)');
    const ask = row().getByRole('group', { name: 'What PE means' });
    // The demo has more CT than anything else.
    await expect.poll(() => ask.getByRole('button').first().innerText()).toBe('pulmonary embolism');
    await window.theme('light');
    await window.shot('abbreviations-ask-light');
    expect(await window.accessibility()).toEqual([]);
    await window.theme('dark');
    await window.shot('abbreviations-ask-dark');
    expect(await window.accessibility()).toEqual([]);
    await ask.getByRole('button', { name: 'pleural effusion' }).click();
    await expect.poll(formula).toContain('PE = pleural effusion');
    await page.reload();
    await expect.poll(formula).toContain('PE = pleural effusion');
    await row().getByRole('combobox').last().selectOption('as typed');
    await expect.poll(formula).toContain('"chest X-ray with PE")');
    expect(await ask.count()).toBe(0);
  });

  test('the dictionary takes an entry, which the query uses at once', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Clear the query' }).click();
    await entry().fill('CXR with ZZP');
    await entry().press('Enter');
    await row().getByRole('button', { name: 'Dictionary…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Abbreviations' });
    await dialog.getByRole('button', { name: 'CXR', exact: true }).waitFor();
    await dialog.getByLabel('Abbreviation', { exact: true }).fill('ZZP');
    await dialog.getByLabel('Meanings, apart by |').fill('pacemaker');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Version 1+1').waitFor();
    await dialog.getByLabel('Find an abbreviation or a meaning').fill('p');
    await window.shot('dictionary-dark');
    expect(await window.accessibility()).toEqual([]);
    await page.keyboard.press('Escape');
    await expect
      .poll(formula)
      .toContain('"chest X-ray with pacemaker"); CXR = chest X-ray, ZZP = pacemaker (abbreviations 1+1)');
    expect(window.complaints).toEqual([]);
  });
});
