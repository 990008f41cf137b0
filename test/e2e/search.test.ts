import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { demoPicture, openWindow, pastePicture, type Window } from './harness.ts';

/** J2 to J4: words, pictures, both, and nothing. */
describe.skipIf(!hasChromium)('search', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
  });
  afterAll(() => window?.close());
  beforeEach(async () => {
    const clear = window.page.getByRole('button', { name: 'Clear the query' });
    if (await clear.isVisible()) await clear.click();
  });

  const entry = () => window.page.getByRole('textbox', { name: 'Describe what the pictures show' });
  const results = () => window.page.getByRole('listbox', { name: 'Results' });
  const names = async () => {
    await results().waitFor();
    return results()
      .getByRole('option')
      .locator('.cap.second .file')
      .evaluateAll((files) => files.map((file) => file.getAttribute('title') ?? ''));
  };
  const search = async (words: string) => {
    await entry().fill(words);
    await entry().press('Enter');
    // The answer before it shows results as well.
    await window.page
      .getByText('q = n(')
      .filter({ hasText: `"${words}"` })
      .waitFor();
    await results().waitFor();
  };

  test('words find the pictures that show it; / leads to the query', async () => {
    const { page } = window;
    await page.keyboard.press('/');
    expect(await entry().evaluate((element) => element === document.activeElement)).toBe(true);
    await search('chest x-ray with a pacemaker');
    const found = await names();
    expect(found.slice(0, 2).join(' ')).toContain('pacemaker');
    await page.getByRole('heading', { name: /stand out of 36|Nothing stands out/ }).waitFor();
    await window.shot('search-dark');
    await window.theme('light');
    await window.shot('search-light');
    await window.theme('dark');
  });

  test('moving the line changes what stands out and never the order', async () => {
    const { page } = window;
    await search('stained tissue under the microscope');
    const before = (await names()).slice(0, 12);
    const group = results().getByRole('group', { name: 'Above the line' });
    const above = () => group.getByRole('option').count();
    // Not while typing: there it is a bracket.
    await results().focus();
    for (let step = 0; step < 8; step += 1) await page.keyboard.press(']');
    const first = await above();
    for (let step = 0; step < 20; step += 1) await page.keyboard.press('[');
    await expect.poll(above).toBeGreaterThan(first);
    expect((await names()).slice(0, 12)).toEqual(before);
    for (let step = 0; step < 12; step += 1) await page.keyboard.press(']');
  });

  test('words alone find captions, and both say why a hit is there', async () => {
    const { page } = window;
    const by = (text: string) => page.getByRole('radiogroup', { name: 'What is searched' }).getByText(text);
    await search('tubular glands');
    await by('Words').click();
    await page.getByText('By words, best per series').waitFor();
    const options = results().getByRole('option');
    expect(await options.first().innerText()).toContain('tubular');
    expect(await options.count()).toBeLessThan(10);
    await window.shot('search-words-dark');
    await by('Both').click();
    await page.getByText('By place in both lists').waitFor();
    expect(await options.first().locator('.cap').first().getAttribute('title')).toMatch(
      /^Place \d+ by meaning, place \d+ by words: has “tubular”/,
    );
    await window.shot('search-both-dark');
    expect(await window.accessibility()).toEqual([]);
    await by('Words').click();
    await page.getByRole('button', { name: 'Clear the query' }).click();
    await entry().fill('xylophone');
    await entry().press('Enter');
    await page.getByText('No item has these words').waitFor();
    await window.shot('search-no-words-dark');
    await page.getByRole('button', { name: 'Search by meaning' }).click();
    await results().waitFor();
  });

  test('a reload brings back query, order and line', async () => {
    const { page } = window;
    await search('liver and kidneys');
    const line = () =>
      page.locator('[role="slider"][aria-valuetext*="spreads"]').getAttribute('aria-valuenow');
    const drawn = await line();
    await results().focus();
    await page.keyboard.press(']');
    await expect.poll(line).not.toBe(drawn);
    const moved = await line();
    const before = (await names()).slice(0, 12);
    await page.reload();
    await expect.poll(async () => (await names()).slice(0, 12)).toEqual(before);
    await expect.poll(line).toBe(moved);
  });

  test('a pasted picture is a query part; a negation is offered as a must-not', async () => {
    const { page } = window;
    await entry().focus();
    await pastePicture(page, demoPicture('fundus-01.jpg'), 'eye.jpg', 'image/jpeg');
    await results().waitFor();
    expect((await names())[0]).toContain('fundus');
    await entry().fill('retina without haemorrhage');
    await page.getByText('The model reads “without haemorrhage” almost like “haemorrhage”.').waitFor();
    await window.shot('search-negation-dark');
    await page.keyboard.press('Alt+n');
    await page.getByText('must not').first().waitFor();
    await entry().press('Enter');
    await expect
      .poll(() => page.getByText(/q = n\(/).innerText())
      .toMatch(/^q = n\(1\.0·picture [0-9a-f]{8} \+ 1\.0·"retina" − 0\.8·"haemorrhage"\)$/);
    await window.shot('search-compound-dark');
    // A picture that was given is not in the archive.
    await page.getByRole('button', { name: '36 items' }).waitFor();
  });

  test('the keyboard alone changes and removes parts', async () => {
    const { page } = window;
    await search('glands');
    await entry().fill('stroma');
    await entry().press('Enter');
    await expect.poll(() => page.locator('[data-chip]').count()).toBe(2);
    await entry().focus();
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Delete');
    await expect.poll(() => page.locator('[data-chip]').count()).toBe(1);
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Delete');
    await page.getByRole('listbox', { name: 'Items' }).waitFor();
  });

  test('what the archive does not hold stands out nowhere, and it says so', async () => {
    await search('a red sports car on a mountain road');
    const { page } = window;
    await results().focus();
    for (let step = 0; step < 40; step += 1) await page.keyboard.press(']');
    await page.getByRole('heading', { name: 'Nothing stands out' }).waitFor();
    await results().getByRole('group', { name: 'Nearest anyway' }).waitFor({ state: 'attached' });
    await window.shot('search-nothing-dark');
    expect(await window.accessibility()).toEqual([]);
  });

  test('an expression filters; a wrong one says where; selected items become the query', async () => {
    const { page } = window;
    await page.getByRole('listbox', { name: 'Items' }).waitFor();
    const field = page.getByRole('textbox', { name: 'Filter expression' });
    await field.fill('modality=CT and (');
    await field.press('Enter');
    await page.getByText('After “modality=CT and (” expected: name=value').waitFor();
    await window.shot('search-filter-refused-dark');
    await field.fill('modality=CT and not bodyPart=HEAD');
    await field.press('Enter');
    await page.getByRole('button', { name: /^Remove the filter Where/ }).waitFor();
    const options = page.getByRole('listbox').getByRole('option');
    await options.first().click({ modifiers: ['Control'] });
    await options.nth(1).click({ modifiers: ['Control'] });
    await window.shot('search-selected-dark');
    await page.getByRole('button', { name: 'More like these' }).click();
    await page.getByRole('group', { name: /^2 wanted, weight/ }).waitFor();
    await window.theme('light');
    await window.shot('search-more-like-light');
    await window.theme('dark');
    await page.getByRole('button', { name: /^Remove the filter Where/ }).click();
    expect(await window.accessibility()).toEqual([]);
  });

  test('a filter narrows, and says what it left', async () => {
    const { page } = window;
    const filters = page.getByRole('complementary', { name: 'Filters' });
    await filters.getByRole('checkbox').first().check();
    await page.getByRole('button', { name: /^Remove the filter/ }).waitFor();
    await window.shot('search-filtered-dark');
    await filters.getByRole('button', { name: 'Clear' }).click();
    expect(window.complaints).toEqual([]);
  });
});
