import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

let window: Window;
let page: Page;

describe.skipIf(!hasChromium)('texts and pictures', () => {
  beforeAll(async () => {
    window = await openWindow({ demo: true });
    ({ page } = window);
    await page.getByRole('option').filter({ hasText: 'xray-chest-pacemaker-01' }).click();
  }, 60_000);
  afterAll(async () => {
    await window.close();
    expect(window.complaints).toEqual([]);
  });

  const dialog = () => page.getByRole('dialog');
  const inspector = () => page.getByRole('complementary', { name: 'Inspector' });

  test('from a picture to the texts of others, read whole with the passage marked', async () => {
    const texts = inspector().getByRole('region', { name: 'Texts of others that fit' });
    const first = texts.getByRole('button').first();
    await first.waitFor();
    const passage = (await first.innerText()).split('\n')[0] ?? '';
    expect(passage).toMatch(/chest|x-ray|radiograph/i);
    await first.click();
    await page.getByRole('dialog', { name: 'Caption, from captions' }).waitFor();
    expect(await dialog().locator('mark').innerText()).toBe(passage.trim());
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog().count()).toBe(0);
  });

  test('from its own text to pictures, its own among them, by keys; one is opened', async () => {
    const own = inspector().getByRole('button', { name: 'Pictures that fit' });
    await own.click();
    await dialog().getByRole('status').filter({ hasText: 'pictures by the passage' }).waitFor();
    const pictures = dialog().getByRole('button', { name: /^Open .* spreads above/ });
    expect(await pictures.count()).toBe(24);
    await dialog()
      .getByRole('button', { name: /its own$/ })
      .waitFor();
    for (const theme of ['light', 'dark'] as const) {
      await window.theme(theme);
      await window.shot(`text-dialog-${theme}`);
      expect(await window.accessibility()).toEqual([]);
    }
    await pictures.first().focus();
    await page.keyboard.press('ArrowRight');
    const second = await pictures.nth(1).getAttribute('title');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('title'))).toBe(second);
    await page.keyboard.press('Enter');
    await expect.poll(() => dialog().count()).toBe(0);
    const name = /^(\S+) ·/.exec(second ?? '')?.[1] ?? 'nothing';
    await page.getByText(name).first().waitFor();
    await page.getByRole('button', { name: 'Back', exact: false }).first().waitFor();
  });
});
