import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { root } from '../support/tool.ts';
import { demoPicture, openWindow, type Window } from './harness.ts';
import { look } from './look.ts';

describe.skipIf(!hasChromium)('saved searches', () => {
  let window: Window;
  beforeAll(async () => {
    window = await openWindow({ demo: true });
    await window.page.getByRole('option').first().waitFor();
  });
  afterAll(() => window?.close());

  const rail = () => window.page.getByRole('navigation', { name: 'Main' });
  const list = () => window.page.getByRole('listbox', { name: 'Saved searches' });
  const entry = () => window.page.getByRole('textbox', { name: 'Describe what the pictures show' });

  test('there are none at first, and it says how to make one', async () => {
    const { page } = window;
    await page.keyboard.press('Alt+2');
    await page.getByRole('heading', { name: 'No saved searches yet' }).waitFor();
    await window.shot('saved-empty');
    expect(await window.accessibility()).toEqual([]);
    await page.getByRole('button', { name: 'Go to Search' }).click();
    await page.keyboard.press('Control+s');
    await page.getByText('There is no query to save. Search first.').waitFor();
  });

  test('Ctrl+S keeps a query; a name that is taken is said, words that name a person are refused', async () => {
    const { page } = window;
    await entry().fill('dermoscopy');
    await page.keyboard.press('Enter');
    await page.getByText('2 stand out of 36').waitFor();
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog', { name: 'Save this search' });
    const name = dialog.getByRole('textbox', { name: 'Name' });
    expect(await name.inputValue()).toBe('dermoscopy');
    await name.fill('Mr Smith');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('look as if they identify a person').waitFor();
    await name.fill('Skin');
    await window.shot('saved-dialog');
    expect(await window.accessibility()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('Saved “Skin”: 2 items stand out').waitFor();
    await page.keyboard.press('Control+s');
    await name.fill('skin');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('already a saved search').waitFor();
    await dialog.getByRole('button', { name: 'Replace it' }).click();
    await page.getByText('Saved “skin”: 2 items stand out').waitFor();
  });

  test('what an import brings is counted on the rail, and explained', async () => {
    const { page, home, core } = window;
    const folder = join(home, 'More');
    mkdirSync(folder);
    const path = join(folder, 'new-mole.jpg');
    writeFileSync(path, demoPicture('dermoscopy-01.jpg'));
    appendFileSync(path, 'other content, same pixels');
    await core.handlers['import.start']({ folders: [folder] } as never, new AbortController().signal);
    await window.settled();
    await rail().getByLabel('1 new').waitFor();
    await page.keyboard.press('Alt+2');
    await list().getByText('1 new').waitFor();
    await page.getByText('1 new, 0 gone, 2 stayed').waitFor();
    const row = page.getByRole('region', { name: 'New' }).getByRole('row').nth(1);
    await row.getByText(/Imported on \d{4}-\d{2}-\d{2}\./).waitFor();
    await look(window, 'saved');
    await page.getByRole('button', { name: 'Keep what stands out now' }).click();
    await page.getByText('Nothing has changed: 3 stand out, as then.').waitFor();
    await expect.poll(() => rail().getByLabel('1 new').count()).toBe(0);
    // The result before is still there to be compared with.
    const since = page.getByRole('combobox', { name: 'since' });
    const options = await since.locator('option').count();
    expect(options).toBe(2);
    await since.selectOption({ index: 1 });
    await page.getByText('1 new, 0 gone, 2 stayed').waitFor();
  });

  test('keys rename it, remove it and bring it back, and ask it again', async () => {
    const { page } = window;
    await list().focus();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: 'Name' }).fill('Moles');
    await page.keyboard.press('Enter');
    await list().getByText('Moles').waitFor();
    await list().focus();
    await page.keyboard.press('Delete');
    await page.getByText('Removed “Moles”').waitFor();
    await expect.poll(() => list().getByText('Moles').count()).toBe(0);
    await page.reload();
    await page.keyboard.press('Control+z');
    await page.getByText('Undone: remove the saved search “Moles”').waitFor();
    await list().getByText('Moles').click();
    await list().focus();
    await page.keyboard.press('Enter');
    await page.getByText('3 stand out of 37').waitFor();
    expect(await page.getByRole('group', { name: 'dermoscopy, weight 1.0' }).count()).toBe(1);
  });

  test('what was kept is a filter; a tag put on all of it is taken back after a reload', async () => {
    const { page } = window;
    await page.keyboard.press('Alt+2');
    await page.getByRole('button', { name: 'Browse what was kept' }).click();
    const items = page.getByRole('listbox', { name: 'Items' });
    await expect.poll(() => items.getByRole('option').count()).toBe(3);
    await items.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('t');
    await page.getByRole('toolbar').getByRole('combobox', { name: 'Tag' }).fill('mole');
    await page.keyboard.press('Enter');
    await page.getByText('Tagged 3 items with “mole”').waitFor();
    await page.reload();
    const filters = page.getByRole('complementary', { name: 'Filters' });
    await filters.getByText('mole', { exact: true }).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('Undone: tag 3 items with “mole”').waitFor();
    await expect.poll(() => filters.getByText('mole', { exact: true }).count()).toBe(0);
  });

  test('the history lists queries, asks one again, is kept when that is asked for, and cleared', async () => {
    const { page } = window;
    await page.keyboard.press('Alt+2');
    await page.getByRole('tab', { name: 'History' }).click();
    const row = page.getByRole('row').filter({ hasText: 'dermoscopy' });
    await row.waitFor();
    // What the inspector asks by itself is no query of a person.
    expect(await page.getByRole('button', { name: 'Search again' }).count()).toBe(1);
    // As it was asked; the formula is there for who points at it.
    expect(await row.getByTitle('q = n(1.0·"dermoscopy")').innerText()).toBe('dermoscopy');
    await look(window, 'saved-history-one');
    await row.getByRole('button', { name: 'Search again' }).click();
    await page.getByText('3 stand out of 37').waitFor();
    await page.keyboard.press('Alt+2');
    await page.getByRole('tab', { name: 'History' }).click();
    const keep = page.getByRole('checkbox', { name: 'Keep queries in this archive' });
    expect(await keep.isChecked()).toBe(false);
    await keep.check();
    await page.getByText('Written into the archive’s file').waitFor();
    await window.shot('saved-history-kept');
    await page.getByRole('button', { name: /^Clear \d/ }).click();
    await page.getByRole('heading', { name: 'No queries yet' }).waitFor();
    expect(window.complaints).toEqual([]);
  });
});

describe.skipIf(!hasChromium)('a saved search and another model', () => {
  let window: Window;
  const models = mkdtempSync(join(tmpdir(), 'vitrine-models-'));
  beforeAll(async () => {
    cpSync(join(root, 'models/starter'), join(models, 'starter'), { recursive: true });
    cpSync(join(root, 'test/fixtures/models/tiny'), join(models, 'tiny'), { recursive: true });
    window = await openWindow({ demo: true, shippedModels: models });
  });
  afterAll(async () => {
    await window?.close();
    rmSync(models, { recursive: true });
  });

  const signal = new AbortController().signal;

  test('is exported and imported; the scores of two models are not compared, but it can be run anew', async () => {
    const { page, core } = window;
    const chips = [{ type: 'text', text: 'dermoscopy', weight: 1 }];
    const rules = {
      chips,
      where: [],
      expand: true,
      meanings: {},
      match: 'meaning',
      order: 'rank',
      lambda: 0.7,
    };
    await core.handlers['saved.save'](
      { name: 'Skin', rules: { ...rules, perGroup: 1 }, replace: false } as never,
      signal,
    );
    await page.keyboard.press('Alt+2');
    await page.getByText('Nothing has changed: 2 stand out, as then.').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    const path = join(window.home, 'Skin.json');
    await (await download).saveAs(path);
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('heading', { name: 'No saved searches yet' }).waitFor();
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Import…' }).click();
    await (await chooser).setFiles(path);
    await page.getByText('Imported “Skin”').waitFor();
    await page.getByText('Nothing has changed: 2 stand out, as then.').waitFor();

    await core.handlers['model.activate']({ id: 'tiny' } as never, signal);
    await window.settled();
    await page.keyboard.press('Alt+1');
    await page.keyboard.press('Alt+2');
    await page.getByText('whose scores mean something else, so nothing is compared').waitFor();
    await window.shot('saved-other-model');
    expect(await window.accessibility()).toEqual([]);
    await page.getByRole('button', { name: 'Run with tiny' }).click();
    await page.getByText(/^Nothing has changed: \d+ stand out, as then\./).waitFor();
    expect(window.complaints).toEqual([]);
  });
});
