import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';

/** J5 and the way to one item and back. */
describe.skipIf(!hasChromium)('items', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
    await window.page.getByRole('option').first().waitFor();
  });
  afterAll(() => window?.close());

  const tile = (at: number) => window.page.getByRole('option').nth(at);
  const saw = () =>
    window.page.getByRole('region', { name: /^Viewer/ }).getByRole('img', { name: /^Model input/ });
  const selected = (count: number) => window.page.getByRole('status').getByText(`${count} selected`);

  test('a range is tagged in one step, and one Ctrl+Z takes it back', async () => {
    const { page } = window;
    await tile(0).click();
    await tile(5).click({ modifiers: ['Shift'] });
    await selected(6).waitFor();
    await page.keyboard.press('t');
    await page.getByRole('toolbar').getByRole('combobox', { name: 'Tag' }).fill('margin');
    await page.keyboard.press('Enter');
    await page.getByText('Tagged 6 items with “margin”').waitFor();
    const filters = page.getByRole('complementary', { name: 'Filters' });
    await filters.getByText('margin').waitFor();
    await window.shot('selection-dark');
    await tile(0).click();
    await page.keyboard.press('Control+z');
    await page.getByText('Undone: tag 6 items with “margin”').waitFor();
    await expect.poll(() => filters.getByText('margin').count()).toBe(0);
    await page.keyboard.press('Control+y');
    await filters.getByText('margin').waitFor();
  });

  test('undo takes a tag only from the items that got it then', async () => {
    const { page } = window;
    await tile(0).click();
    await tile(7).click({ modifiers: ['Shift'] });
    await page.keyboard.press('t');
    await page.getByRole('toolbar').getByRole('combobox', { name: 'Tag' }).fill('margin');
    await page.keyboard.press('Enter');
    await page.getByText('Tagged 2 items with “margin”').waitFor();
    await tile(0).click();
    await page.keyboard.press('Control+z');
    const filters = page.getByRole('complementary', { name: 'Filters' });
    await expect.poll(() => filters.locator('label', { hasText: 'margin' }).innerText()).toContain('6');
  });

  test('everything is everything, and Escape lets go of it', async () => {
    const { page } = window;
    await page.getByRole('listbox', { name: 'Items' }).focus();
    await page.keyboard.press('Control+a');
    await selected(36).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => selected(36).count()).toBe(0);
  });

  test('an item opens with what the model saw; back leads to where one was', async () => {
    const { page } = window;
    const grid = page.getByRole('listbox', { name: 'Items' });
    await page.setViewportSize({ width: 1000, height: 620 });
    await grid.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: /^Viewer/ }).waitFor();
    const before = await grid.evaluate((element) => element.scrollTop);
    expect(before).toBeGreaterThan(0);
    await saw().waitFor();
    await window.shot('viewer-narrow-dark');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('region', { name: /^Viewer/ }).count()).toBe(0);
    expect(await grid.evaluate((element) => element.scrollTop)).toBe(before);
    expect(await grid.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('a CT opens in the DICOM viewer, and its picture is one click from a search', async () => {
    const { page } = window;
    const filters = page.getByRole('complementary', { name: 'Filters' });
    await filters.getByRole('checkbox', { name: /^CT/ }).check();
    await expect.poll(() => page.getByRole('option').count()).toBeLessThan(15);
    await tile(0).dblclick();
    const viewer = page.getByRole('region', { name: /^DICOM viewer/ });
    await viewer.getByRole('img', { name: /^Model input/ }).waitFor();
    await viewer.getByRole('button', { name: 'Search this image' }).click();
    await page.getByRole('listbox', { name: 'Results' }).waitFor();
    expect(window.complaints).toEqual([]);
  });
});
