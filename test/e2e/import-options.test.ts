import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ItemDetail } from '../../preload/contract/items.ts';
import { hasChromium } from '../support/chromium.ts';
import { buildDicom, textElement } from '../support/dicom-builder.ts';
import { openWindow, pictureFolder, type Window } from './harness.ts';

/** What a person decides before an import: tables, windows, frames, identity. */
describe.skipIf(!hasChromium)('import options', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow();
    const folder = pictureFolder(window.home);
    const measures = ['image\tthickness\tbirth_date', 'fundus-01\t1.5\t1960-01-02', 'nobody\t2\t1970-01-02'];
    writeFileSync(join(folder, 'measures.tsv'), measures.join('\n'));
    writeFileSync(join(folder, 'unwanted.csv'), 'file,grader\nfundus-01.jpg,second\n');
    writeFileSync(join(folder, 'settings.json'), '{"theme": ');
    writeFileSync(join(folder, 'strangers.csv'), 'file,grade\nelsewhere.png,3\n');
    const pixels = Array.from({ length: 64 * 64 }, (_, at) => at);
    const scan = { columns: 64, rows: 64, pixels, modality: 'MR' };
    const clinic = [textElement(0x00080080, 'LO', 'Zwiebel Clinic')];
    // One that needs a look, one that names somebody.
    writeFileSync(
      join(folder, 'clinic.dcm'),
      buildDicom({ ...scan, patientName: 'STUDY-1', elements: clinic }),
    );
    writeFileSync(join(folder, 'named.dcm'), buildDicom({ ...scan, patientName: 'Zwiebel^Anna' }));
  });
  afterAll(() => window?.close());

  const plan = () => window.page.getByRole('dialog', { name: 'Import a folder' });
  const signal = new AbortController().signal;

  async function itemNamed(name: string): Promise<ItemDetail> {
    const { handlers } = window.core;
    const { items } = await handlers['items.list']({ where: [], offset: 0, limit: 100 }, signal);
    const item = items.find((one) => one.path === name);
    if (!item) throw new Error(`${name} was not imported`);
    return handlers['item.get']({ itemId: item.itemId }, signal);
  }

  test('the tables of the folder are shown with what they would bring, and no value of theirs', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Choose a folder…' }).click();
    const picker = page.getByRole('dialog', { name: 'Choose a folder of images' });
    await picker.getByRole('button', { name: 'Pictures' }).click();
    await picker.getByRole('button', { name: 'Choose this folder' }).click();
    const tables = plan().getByRole('region', { name: 'Tables' });
    await tables.getByText('Matched 36 of 36 rows by path, column file').waitFor();
    await tables.getByText('Matched 1 of 2 rows by file name without its ending, column image').waitFor();
    await tables.getByText('birth_date is left out: identifies a person by its name').waitFor();
    await tables.getByText('1 row; none names a file of this folder, so it is left alone').waitFor();
    const columns = tables.getByRole('list', { name: 'Columns of captions.csv' }).getByRole('listitem');
    expect(await columns.allInnerTexts()).toEqual(['caption\ncaption', 'label\nlabel']);
    expect(await tables.getByRole('switch', { name: 'settings.json' }).isDisabled()).toBe(true);
    expect(await tables.getByRole('switch', { name: 'strangers.csv' }).isDisabled()).toBe(true);
    expect(await tables.innerText()).not.toMatch(/1960|fundus|second/);
    for (const theme of ['light', 'dark'] as const) {
      await window.theme(theme);
      await window.shot(`import-options-${theme}`);
      expect(await window.accessibility(), theme).toEqual([]);
    }
  });

  test('a table is switched off, windows, frames and identity are chosen, all by keyboard', async () => {
    const { page } = window;
    const start = plan().getByRole('button', { name: 'Start import' });
    const unwanted = plan().getByRole('switch', { name: 'unwanted.csv' });
    await unwanted.focus();
    await page.keyboard.press('Space');
    expect(await unwanted.isChecked()).toBe(false);

    await plan().getByRole('radio', { name: 'Strict' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await plan().getByRole('radio', { name: 'Let review items in' }).isChecked()).toBe(true);

    await plan().getByRole('radio', { name: 'One, by body part' }).focus();
    await page.keyboard.press('ArrowRight');
    await plan().getByText('Choose at least one window.').waitFor();
    expect(await start.isDisabled()).toBe(true);
    for (const name of ['Lung', 'Bone']) {
      await plan().getByRole('checkbox', { name }).focus();
      await page.keyboard.press('Space');
    }
    const most = plan().getByRole('spinbutton', { name: /at most/ });
    await most.fill('');
    await plan().getByText('Frames are whole numbers from 1 to 1000.').waitFor();
    expect(await start.isDisabled()).toBe(true);
    await most.fill('2');
    for (const theme of ['light', 'dark'] as const) {
      await window.theme(theme);
      await window.shot(`import-options-chosen-${theme}`);
      expect(await window.accessibility(), theme).toEqual([]);
    }
    await start.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Job Pictures' }).waitFor();
    await window.settled();
  });

  test('what was chosen is what happened', async () => {
    const fundus = await itemNamed('fundus-01.jpg');
    const joined = fundus.attributes.filter(({ origin }) => origin !== 'header');
    expect(joined).toEqual([
      { name: 'captions.label', value: 'fundus', unit: null, origin: 'captions' },
      { name: 'thickness', value: '1.5', unit: null, origin: 'measures' },
    ]);
    expect(fundus.reports).toMatchObject([{ kind: 'caption', origin: 'captions' }]);
    const chest = await itemNamed('ct-chest-nodule-01.dcm');
    expect(chest.regions.map(({ windowName }) => windowName)).toEqual(['lung', 'bone']);
    expect((await itemNamed('clinic.dcm')).state).toBe('ok');
    await expect(itemNamed('named.dcm')).rejects.toThrow();
    const { handlers } = window.core;
    expect(await handlers['dicom.sampling']({ fresh: false }, signal)).toEqual({
      frames: { most: 2, choose: 'spread', every: 1 },
      ctWindows: ['lung', 'bone'],
    });
    expect(window.complaints).toEqual([]);
  });

  test('the next import begins with what the archive has; the identity policy was for one import', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Import a folder…' }).click();
    const picker = page.getByRole('dialog', { name: 'Choose a folder of images' });
    await picker.getByRole('button', { name: 'Choose this folder' }).click();
    await plan().getByRole('checkbox', { name: 'Lung' }).waitFor();
    expect(await plan().getByRole('checkbox', { name: 'Lung' }).isChecked()).toBe(true);
    expect(await plan().getByRole('checkbox', { name: 'Brain' }).isChecked()).toBe(false);
    expect(await plan().getByRole('radio', { name: 'Strict' }).isChecked()).toBe(true);
    await page.keyboard.press('Escape');
    expect(window.complaints).toEqual([]);
  });
});
