import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, pictureFolder, type Window } from './harness.ts';
import { look } from './look.ts';

/** J1: from nothing to the first search, in the words that people see. */
describe.skipIf(!hasChromium)('first run', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow();
    pictureFolder(window.home);
  });
  afterAll(() => window?.close());

  test('starts with one thing to do', async () => {
    const { page } = window;
    await page.getByRole('heading', { name: 'Search your images by what they show' }).waitFor();
    await page.getByText('Research use only. Not for diagnosis.').waitFor();
    await page.getByText('Offline · 0 connections').waitFor();
    await look(window, 'first-run');
  });

  test('a folder is chosen and counted by type', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Choose a folder…' }).click();
    const picker = page.getByRole('dialog', { name: 'Choose a folder of images' });
    await picker.getByRole('button', { name: 'Pictures' }).click();
    await picker.getByText('41 files directly in this folder').waitFor();
    await window.shot('folder-picker-dark');
    expect(await window.accessibility()).toEqual([]);
    await picker.getByRole('button', { name: 'Choose this folder' }).click();
    const plan = page.getByRole('dialog', { name: 'Import a folder' });
    await plan.getByText('41 files').waitFor();
    const kinds = await plan.getByRole('status', { name: 'What is in the folder' }).innerText();
    expect(kinds.split(/\d+/).map((kind) => kind.trim())).toEqual(['', 'Pictures', 'DICOM', 'Other files']);
    await window.shot('import-dialog-dark');
    expect(await window.accessibility()).toEqual([]);
    await plan.getByRole('button', { name: 'Start import' }).click();
    await page.getByRole('region', { name: 'Job Pictures' }).waitFor();
  });

  test('progress is told, and the files that could not be read are listed with reasons', async () => {
    const { page } = window;
    const job = page.getByRole('region', { name: /^Job/ });
    await job.getByRole('heading', { name: 'Stages' }).waitFor();
    await window.shot('import-running-dark');
    await window.settled();
    await job.getByText('done', { exact: false }).first().waitFor();
    const problems = page.getByRole('table', { name: 'Files not imported as they are' });
    for (const file of ['broken.jpg', 'empty.png', 'half.dcm']) {
      await problems.getByRole('cell', { name: file }).waitFor();
    }
    await look(window, 'import-done');
  });

  test('what could be read is there to be searched', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Search the archive' }).click();
    await expect.poll(() => page.getByRole('option').count()).toBeGreaterThan(20);
    await page.getByText('36 items').first().waitFor();
    expect(window.complaints).toEqual([]);
  });
});
