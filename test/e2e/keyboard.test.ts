import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

/** The whole way without a mouse; the focus is always somewhere that can be seen. */
describe.skipIf(!hasChromium)('the keyboard alone', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
    await window.page.getByRole('option').first().waitFor();
    // Filters come after the items; before them the way of Tab is half as long.
    await window.page.getByRole('checkbox').first().waitFor();
  });
  afterAll(() => window?.close());

  const focused = () =>
    window.page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
    });

  test('the first stop leads past the bars', async () => {
    const { page } = window;
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  });

  test('every stop of Tab is visible and has a name', async () => {
    const { page } = window;
    const stops: string[] = [];
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(() => {
        const element = document.activeElement;
        if (!(element instanceof HTMLElement) || element === document.body) return null;
        const { width, height } = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        const name =
          element.getAttribute('aria-label') ??
          (element.textContent?.trim() || (element as HTMLInputElement).labels?.[0]?.textContent?.trim());
        const ringed =
          style.outlineStyle !== 'none' || style.boxShadow !== 'none' || element.matches('input');
        return { name, seen: width > 0 && height > 0, ringed, html: element.outerHTML.slice(0, 120) };
      });
      if (stop === null) break;
      expect(stop, stop.html).toMatchObject({
        name: expect.stringMatching(/./) as string,
        seen: true,
        ringed: true,
      });
      stops.push(stop.name ?? '');
    }
    expect(stops.length).toBeGreaterThan(15);
    expect(stops).toContain('Items');
  });

  test('from words to an item, its tag, its neighbours and back', async () => {
    const { page } = window;
    await page.keyboard.press('/');
    await page.keyboard.type('histology of glands');
    await page.keyboard.press('Enter');
    const results = page.getByRole('listbox', { name: 'Results' });
    await results.waitFor();
    for (let step = 0; step < 12 && (await focused()) !== 'Results'; step += 1)
      await page.keyboard.press('F6');
    expect(await focused()).toBe('Results');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('2 selected').waitFor();
    await page.keyboard.press('t');
    await page.keyboard.type('by key');
    await page.keyboard.press('Enter');
    const toast = page.getByText('Tagged 2 items with “by key”');
    await toast.waitFor();
    expect(await focused()).toBe('Results');
    const [message, bar] = [
      await toast.boundingBox(),
      await page.getByRole('toolbar', { name: /selection/ }).boundingBox(),
    ];
    expect((message?.y ?? 0) + (message?.height ?? 0)).toBeLessThan(bar?.y ?? 0);
    await page.keyboard.press('Enter');
    const viewer = page.getByRole('region', { name: /^Viewer/ });
    await viewer.waitFor();
    const name = await viewer.getAttribute('aria-label');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => viewer.getAttribute('aria-label')).not.toBe(name);
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe('Results');
  });

  test('Alt and a number go down the rail, with Caps Lock too letters are the same keys', async () => {
    const { page } = window;
    const rail = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
    for (let place = 0; place < (await rail.count()); place += 1) {
      await page.keyboard.press(`Alt+${place + 1}`);
      await expect.poll(() => rail.nth(place).getAttribute('aria-current')).toBe('page');
    }
    await page.keyboard.press('Alt+1');
    await page.getByRole('listbox').focus();
    const size = () => page.getByRole('slider', { name: 'Size' }).inputValue();
    const before = Number(await size());
    await page.keyboard.press('=');
    await expect.poll(async () => Number(await size())).toBeGreaterThan(before);
    await page.keyboard.press('ArrowLeft');
    // As Caps Lock sends it: the capital letter, without Shift.
    await page.getByRole('listbox').dispatchEvent('keydown', { key: 'T', bubbles: true });
    await page.getByRole('textbox', { name: /tag/i }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });

  test('the palette finds a command and gives the focus back', async () => {
    const { page } = window;
    await page.getByRole('listbox').focus();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('appearance theme');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('device');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Device and speed' }).waitFor();
    expect(window.complaints).toEqual([]);
  });
});
