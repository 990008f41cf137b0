import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium } from '../support/chromium.ts';
import { demoPicture, openWindow, type Window } from './harness.ts';
import { look } from './look.ts';

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
    await look(window, 'text-dialog');
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

  test('a report that is longer than its place is scrolled by keys, and a short caption is no stop of Tab', async () => {
    const folder = join(window.home, 'reported');
    mkdirSync(folder);
    const names = ['fundus-01.jpg', 'dermoscopy-01.jpg'] as const;
    for (const name of names) writeFileSync(join(folder, name), demoPicture(name));
    const long = 'The optic disc is sharp and the vessels run straight. '.repeat(40);
    writeFileSync(join(folder, 'captions.csv'), `file,caption\n${names[0]},${long}\n${names[1]},A mole.\n`);
    // The window does not look on while the archive is changed under it: pictures that it still asks for are gone.
    const address = page.url();
    await page.goto('about:blank');
    await window.core.openOrCreate(join(window.home, 'Reported.vitrine'));
    await window.core.handlers['import.start']({ folders: [folder] } as never, new AbortController().signal);
    await window.settled();
    await page.goto(address);
    await page.getByRole('option', { name: names[1] }).click();
    const text = inspector().locator('blockquote');
    await expect.poll(() => text.innerText()).toBe('A mole.');
    expect(await text.getAttribute('tabindex')).toBe(null);
    await page.getByRole('option', { name: names[0] }).click();
    await expect.poll(() => text.getAttribute('tabindex')).toBe('0');
    await text.focus();
    await page.keyboard.press('End');
    await expect.poll(() => text.evaluate((element) => element.scrollTop)).toBeGreaterThan(50);
    expect(await window.accessibility()).toEqual([]);
  });
});
