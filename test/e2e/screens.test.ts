import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';
import { look } from './look.ts';

const screens = [
  ['browse', '#/search'],
  ['saved-none', '#/saved'],
  ['saved-history', '#/saved/history'],
  ['labels', '#/labels'],
  ['labels-empty', '#/labels/results'],
  ['evaluation', '#/evaluation'],
  ['import', '#/import'],
  ['quarantine', '#/quarantine'],
  ['settings-models', '#/settings/models'],
  ['settings-device', '#/settings/device'],
  ['settings-look', '#/settings/look'],
  ['settings-about', '#/settings/about'],
  ['start', '#/start'],
] as const;

/** Every screen, in both themes and in a narrow window: accessible, nothing cut off, nothing complained about. */
describe.skipIf(!hasChromium)('screens', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
    await window.page.getByRole('option').first().waitFor();
  });
  afterAll(() => window?.close());

  test.each(screens)('%s', async (name, address) => {
    const { page } = window;
    await page.evaluate((hash) => (location.hash = hash), address);
    await page.waitForTimeout(300);
    await look(window, name);
  });

  test.each([
    ['palette', 'Control+k', 'Commands'],
    ['key map', '?', 'Keyboard map'],
  ])('the %s', async (name, key, title) => {
    const { page } = window;
    await page.evaluate(() => (location.hash = '#/search'));
    await page.keyboard.press(key);
    await page.getByRole('dialog', { name: title }).waitFor();
    await look(window, name.replace(' ', '-'));
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  });

  test('a tooltip stands by its button', async () => {
    const { page } = window;
    await page.evaluate(() => (location.hash = '#/search'));
    const button = page.getByRole('button', { name: 'Keyboard map' });
    await button.hover();
    const tip = page.locator('.tooltip');
    await tip.waitFor();
    const [at, of] = [await tip.boundingBox(), await button.boundingBox()];
    expect(Math.abs((at?.y ?? 0) - ((of?.y ?? 0) + (of?.height ?? 0)))).toBeLessThan(12);
    await window.shot('tooltip-dark');
    await page.mouse.move(0, 0);
    await tip.waitFor({ state: 'hidden' });
  });

  test('a button that is refused looks it, also under the pointer, and says why', async () => {
    const { page } = window;
    await page.evaluate(() => (location.hash = '#/saved/history'));
    const button = page.getByRole('button', { name: 'Clear 0' });
    const [ground, colour] = await button.evaluate((element) => {
      const probe = document.createElement('i');
      probe.style.color = 'var(--ink-3)';
      element.append(probe);
      const weakest = getComputedStyle(probe).color;
      probe.remove();
      return ['rgba(0, 0, 0, 0)', weakest];
    });
    const looks = () =>
      button.evaluate((element) => {
        const { backgroundColor, color, cursor } = getComputedStyle(element);
        return [backgroundColor, color, cursor];
      });
    expect(await looks()).toEqual([ground, colour, 'not-allowed']);
    await button.hover();
    await page.locator('.tooltip').getByText('There is no history').waitFor();
    expect(await looks()).toEqual([ground, colour, 'not-allowed']);
    await page.mouse.move(0, 0);
  });

  test('more contrast, where the system asks for it, draws every line as plainly as words', async () => {
    const { page } = window;
    await page.evaluate(() => (location.hash = '#/labels'));
    await page.emulateMedia({ contrast: 'more' });
    for (const theme of ['light', 'dark'] as const) {
      await window.theme(theme);
      const [line, weakest] = await page.evaluate(() => {
        const style = getComputedStyle(document.documentElement);
        return ['--line', '--ink-3'].map((name) => style.getPropertyValue(name));
      });
      expect(line).toBe(weakest);
      expect(await window.accessibility(), theme).toEqual([]);
    }
    await window.shot('more-contrast-dark');
    await page.emulateMedia({ contrast: 'no-preference' });
  });

  test('with the system’s own colours, what is chosen and what is meant stay visible', async () => {
    const { page } = window;
    await page.evaluate(() => (location.hash = '#/search'));
    await page.getByRole('option').first().click();
    await page.keyboard.press('ArrowRight');
    await page.emulateMedia({ forcedColors: 'active' });
    const colours = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => {
          const { color, backgroundColor, outlineStyle, outlineWidth } = getComputedStyle(element);
          return { color, backgroundColor, outline: `${outlineWidth} ${outlineStyle}` };
        });
    expect((await colours('[role=option][aria-selected=true]')).outline).toMatch(/^[23]px solid$/);
    expect((await colours('.rail [aria-current=page]')).outline).toBe('2px solid');
    await page.evaluate(() => (location.hash = '#/labels'));
    await page.getByRole('button', { name: /^Apply to/ }).waitFor();
    expect((await colours('.segmented > .on')).outline).toBe('2px solid');
    const main = await colours('.btn.primary');
    expect(main.color).not.toBe(main.backgroundColor);
    await window.shot('forced-colours');
    await page.emulateMedia({ forcedColors: 'none' });
    await page.evaluate(() => (location.hash = '#/search'));
    await page.keyboard.press('Escape');
  });

  test('nothing was complained about', () => {
    expect(window.complaints).toEqual([]);
  });
});
