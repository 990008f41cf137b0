import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methods, type Output } from '../../preload/contract/methods.ts';
import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

let window: Window;
let page: Page;

describe.skipIf(!hasChromium)('more like these', () => {
  beforeAll(async () => {
    window = await openWindow({ demo: true });
    ({ page } = window);
    await page.getByRole('listbox', { name: 'Items' }).waitFor();
  }, 60_000);
  afterAll(async () => {
    await window.close();
    expect(window.complaints).toEqual([]);
  });

  const bar = () => page.getByRole('region', { name: 'Examples' });
  const tile = (name: RegExp) => page.getByRole('option').filter({ hasText: name });
  const names = async () => (await page.getByRole('option').allInnerTexts()).join(' ');
  async function mark(key: 'y' | 'n', ...pictures: RegExp[]) {
    for (const picture of pictures) {
      await tile(picture).first().click();
      await page.keyboard.press(key);
    }
  }
  const items = async (): Promise<Output<'items.list'>['items']> => {
    const asked = methods['items.list'].input.parse({ limit: 100 });
    return (await window.core.handlers['items.list'](asked, AbortSignal.timeout(10_000))).items;
  };

  test('marks are set by keys, shown, taken back; too few examples are a difference of means, in words', async () => {
    await mark('y', /histology-tumour-01/, /histology-tumour-02/);
    await mark('n', /fundus-01/);
    await bar().getByText('2 wanted').waitFor();
    await bar().getByText('1 not wanted').waitFor();
    await page.keyboard.press('u');
    await bar().getByText('0 not wanted').waitFor();
    await page.keyboard.press('n');
    await tile(/fundus-01/)
      .getByText('not wanted')
      .waitFor();
    expect(await window.accessibility()).toEqual([]);
    await window.shot('examples-marked-dark');
    await page.keyboard.press('Escape');
    await page.getByRole('listbox').evaluate((grid) => (grid.scrollTop = 500));
    await page.keyboard.press('m');
    await bar().getByText('a separator needs 5 wanted and 5 unwanted').waitFor();
    await page.getByRole('group', { name: /^2 wanted, 1 unwanted, weight 1\.0/ }).waitFor();
    await expect.poll(names).not.toMatch(/histology-tumour-0[12]/);
    // Another order is read from its beginning, wherever the list before it was.
    expect(await page.getByRole('listbox', { name: 'Results' }).evaluate((grid) => grid.scrollTop)).toBe(0);
    await window.shot('examples-rocchio-dark');
  });

  test('with enough of both a separator, its estimate on patients left out as the core has it, and undo', async () => {
    await page.getByRole('button', { name: 'Clear the query' }).click();
    await page.getByRole('listbox', { name: 'Items' }).waitFor();
    await page.getByRole('button', { name: 'Clear the marks' }).click();
    const wanted = [/glands-01/, /glands-02/, /lymphocytes-01/, /necrosis-01/, /stroma-01/];
    const unwanted = [/fundus-01/, /fundus-02/, /chart-01/, /dermoscopy-01/, /bone-normal-01/];
    await mark('y', ...wanted);
    await mark('n', ...unwanted);
    await page.keyboard.press('Escape');
    await bar().getByRole('button', { name: 'Find more like these' }).click();
    await bar().getByText('A linear separator.').waitFor();
    await window.shot('examples-separator-dark');

    const all = await items();
    const ids = (patterns: RegExp[]) =>
      patterns.map((one) => all.find(({ path }) => one.test(path))?.itemId ?? (0 as never));
    const asked = { wanted: ids(wanted), unwanted: ids(unwanted) };
    const learned = await window.core.handlers['search.learn'](asked, AbortSignal.timeout(20_000));
    expect(learned.method).toBe('separator');
    const { value = NaN } = learned.held?.auroc ?? {};
    expect(await bar().innerText()).toContain(`AUROC ${value.toFixed(2)} (`);
    const first = await page.getByRole('option').first().innerText();
    expect(first).toMatch(/histology/);

    // Words beside it, and its weight, stay when it is learned again.
    await page.getByRole('textbox', { name: 'Describe what the pictures show' }).fill('purple');
    await page.keyboard.press('Enter');
    await page.getByText(/q = n\(1\.0·5 wanted, 5 unwanted \+ 1\.0·"purple"\)/).waitFor();
    await mark('n', /xray-bone-fracture-02/);
    await page.keyboard.press('Escape');
    await bar().getByText('Other items were marked since.').waitFor();
    await bar().getByRole('button', { name: 'Learn again' }).click();
    await page.getByText(/q = n\(1\.0·5 wanted, 6 unwanted \+ 1\.0·"purple"\)/).waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await page.getByText(/q = n\(1\.0·5 wanted, 5 unwanted \+ 1\.0·"purple"\)/).waitFor();
    expect(await window.accessibility()).toEqual([]);
  });

  test('the selection bar learns from the selection', async () => {
    await page.getByRole('button', { name: 'Clear the query' }).click();
    await page.getByRole('button', { name: 'Clear the marks' }).click();
    await page.getByRole('listbox', { name: 'Items' }).waitFor();
    await tile(/ct-chest-nodule-01/).click();
    await tile(/ct-chest-nodule-02/).click({ modifiers: ['Control'] });
    await page.getByRole('button', { name: 'More like these' }).click();
    await page.getByRole('group', { name: /^2 wanted, weight 1\.0/ }).waitFor();
    await bar().getByText('2 wanted').waitFor();
  });
});
