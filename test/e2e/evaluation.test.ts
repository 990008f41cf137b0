import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methods } from '../../preload/contract/methods.ts';
import { demoPictures } from '../support/core.ts';
import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

let window: Window;
let page: Page;

describe.skipIf(!hasChromium)('evaluation', () => {
  beforeAll(async () => {
    window = await openWindow({ demo: true });
    ({ page } = window);
    await page.keyboard.press('Alt+4');
  }, 60_000);
  afterAll(async () => {
    await window.close();
    expect(window.complaints).toEqual([]);
  });

  const kept = () => page.getByRole('navigation', { name: 'Kept evaluations' }).getByRole('link');
  const saved = async (button: string): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button, exact: true }).first().click(),
    ]);
    return readFileSync(await download.path(), 'utf8');
  };

  test('nothing is measured at first; captions of the archive are, and the hardest is asked again', async () => {
    await page.getByRole('heading', { name: 'Nothing has been measured yet' }).waitFor();
    expect(await window.accessibility()).toEqual([]);
    await page.getByRole('button', { name: 'Measure with captions' }).click();
    await page.getByRole('heading', { name: 'Hardest queries' }).waitFor();
    expect(await window.accessibility()).toEqual([]);
    const csv = await saved('CSV');
    expect(csv).toMatch(/^direction,of,value,n,figure,figureValue,low,high\r\n/);
    expect(csv).toMatch(/"textToImage",all,"",36,"MRR",0\.77/);

    const hardest = page.getByRole('row', { name: 'Search', exact: false }).first();
    const words = (await hardest.getByRole('cell').first().innerText()).trim();
    const place = Number(await hardest.getByRole('cell').nth(1).innerText());
    const item = (await hardest.getByRole('button', { name: /^Item \d+$/ }).innerText()).replace('Item ', '');
    await hardest.getByRole('button', { name: 'Search' }).click();
    await page
      .getByRole('listbox')
      .getByRole('option')
      .nth(place - 1)
      .waitFor();
    await page.getByRole('button', { name: words, exact: true }).waitFor();
    const asked = methods['search.run'].input.parse({ chips: [{ type: 'text', text: words }] });
    const { hits } = await window.core.handlers['search.run'](asked, AbortSignal.timeout(10_000));
    expect(hits.findIndex(({ itemId }) => String(itemId) === item) + 1).toBe(place);
    await page.keyboard.press('Alt+4');
  });

  test('a table is measured, one that is none is refused with words', async () => {
    const table = page.locator('input[type=file]').first();
    await table.setInputFiles({ name: 'wrong.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2') });
    await page.getByRole('alert').filter({ hasText: 'columns needed' }).waitFor();
    await table.setInputFiles(join(demoPictures, 'captions.csv'));
    await page.getByText('Pictures find pictures, 29 queries').waitFor();
    expect(await kept().count()).toBe(2);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('a stress set runs as a job, and its drops are drawn, told as a table and saved', async () => {
    await page.getByRole('button', { name: 'Stress set…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Stress set' });
    await dialog.getByRole('checkbox', { name: /^Stain/ }).uncheck();
    await dialog.getByRole('checkbox', { name: /^Blur/ }).uncheck();
    expect(await window.accessibility()).toEqual([]);
    await dialog.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('group', { name: 'Stress set under way' }).waitFor();
    await page.getByRole('heading', { name: 'What changed pictures lose' }).waitFor();
    await page
      .getByRole('img', { name: /^Finds itself: change of MRR/ })
      .getByText('turned by 180°')
      .waitFor();
    await page.getByText('Found by words').click();
    await page.getByRole('img', { name: /^Found by words/ }).waitFor();
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.getByRole('row', { name: /^turned by 90°/ }).waitFor();
    expect(await window.accessibility()).toEqual([]);
    const csv = await saved('CSV');
    expect(csv).toContain('crop-75');
    expect(csv).not.toContain('blur-1');
    await page.getByRole('button', { name: 'Show as chart' }).click();
    const svg = await saved('SVG');
    expect(svg).toContain('turned by 270°');
    expect(svg).not.toContain('var(--');
  });

  test('two are compared in pairs; one is removed, and put back', async () => {
    await kept().filter({ hasText: 'captions of the archive' }).click();
    await page.getByRole('heading', { name: 'captions of the archive' }).waitFor();
    await page.getByRole('button', { name: 'With captions' }).click();
    await expect.poll(() => kept().count()).toBe(4);
    await page.getByRole('combobox', { name: 'Compare with' }).selectOption({ index: 2 });
    await page.getByText('Both were run with the same model.').waitFor();
    await page.getByRole('heading', { name: /^Compared with evaluation 1/ }).waitFor();
    expect(await window.accessibility()).toEqual([]);

    await kept().first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    const next = await kept().nth(1).getAttribute('href');
    await page.keyboard.press('Delete');
    await expect.poll(() => kept().count()).toBe(3);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe(next);
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await expect.poll(() => kept().count()).toBe(4);
  });

  test('what is not open is removed without leaving what is; who went elsewhere stays there', async () => {
    await kept().nth(2).click();
    const open = await page.evaluate(() => location.hash);
    await kept().nth(3).focus();
    await page.keyboard.press('Delete');
    await expect.poll(() => kept().count()).toBe(3);
    expect(await page.evaluate(() => location.hash)).toBe(open);
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await expect.poll(() => kept().count()).toBe(4);

    await page.getByRole('button', { name: 'With captions' }).click();
    await page.keyboard.press('Alt+1');
    await page.getByText(/^Evaluation \d+ is kept$/).waitFor();
    expect(await page.evaluate(() => location.hash)).toMatch(/^#\/search/);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect.poll(() => kept().count()).toBe(5);
  });
});
