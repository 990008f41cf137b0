import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

import { makePictures } from '../support/pictures.ts';
import { hasChromium } from '../support/chromium.ts';
import { openWindow, pictureFolder, type Window } from './harness.ts';

/** What people see when something is missing, gone or wrong: in words, with a way on. */
describe.skipIf(!hasChromium)('states', () => {
  let window: Window | undefined;
  afterEach(() => window?.close());

  test('the program ends and comes back; the page says so and goes on after its new key', async () => {
    window = await openWindow({ demo: true });
    const { page } = window;
    await page.getByRole('option').first().waitFor();
    await window.leave();
    await page.getByText('Core not connected, trying again').waitFor();
    await window.shot('state-disconnected-dark');
    expect(await window.accessibility()).toEqual([]);
    const address = await window.comeBack();
    await page.goto(address);
    await page.getByRole('option').first().waitFor();
    await expect.poll(() => page.getByText('Core not connected').count()).toBe(0);
    // Refused sockets and pictures are the browser's own errors; nothing of ours is.
    expect(window.complaints.filter((text) => !/WebSocket|net::ERR_/.test(text))).toEqual([]);
  });

  test('without a model, search by meaning is off and all else works', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'vitrine-no-models-'));
    window = await openWindow({ shippedModels: empty });
    const { page, core, home } = window;
    await core.openOrCreate(join(home, 'Bare.vitrine'));
    await page.reload();
    await page.getByText('AI unavailable').first().waitFor();
    await window.shot('state-no-model-dark');
    expect(await page.getByRole('button', { name: 'Search', exact: true }).isDisabled()).toBe(true);
    expect(await window.accessibility()).toEqual([]);
    rmSync(empty, { recursive: true });
    expect(window.complaints).toEqual([]);
  });

  test('an empty archive says what to do', async () => {
    window = await openWindow();
    const { page, core, home } = window;
    await core.openOrCreate(join(home, 'Empty.vitrine'));
    await page.reload();
    await page.getByRole('heading', { name: 'This archive is empty' }).waitFor();
    // There is a model: what is missing is pictures.
    const entry = page.getByRole('textbox', { name: 'Describe what the pictures show' });
    expect(await entry.getAttribute('placeholder')).toMatch(/^Import images first/);
    expect(await page.getByText('needs a model').count()).toBe(0);
    await window.shot('state-empty-dark');
    expect(await window.accessibility()).toEqual([]);
    expect(window.complaints).toEqual([]);
  });

  test('an import into a place that cannot be written is refused in words', async () => {
    window = await openWindow();
    const { page, home } = window;
    const folder = pictureFolder(home);
    mkdirSync(join(home, 'Pictures.vitrine/archive.db'), { recursive: true });
    await page.getByRole('button', { name: 'Choose a folder…' }).click();
    const picker = page.getByRole('dialog', { name: 'Choose a folder of images' });
    await picker.getByText(/directly in this folder/).waitFor();
    await picker.getByRole('textbox', { name: 'Folder' }).fill(folder);
    await picker.getByRole('button', { name: 'Go' }).click();
    await picker.getByText('41 files directly in this folder').waitFor();
    await picker.getByRole('button', { name: 'Choose this folder' }).click();
    const plan = page.getByRole('dialog', { name: 'Import a folder' });
    await plan.getByText('41 files').waitFor();
    await plan.getByRole('button', { name: 'Start import' }).click();
    await plan.getByText('There is already something at this place. Choose another name.').waitFor();
    await window.shot('state-import-refused-dark');
    await plan.getByRole('textbox', { name: 'Name' }).fill('Other name');
    await plan.getByRole('button', { name: 'Start import' }).click();
    await page.getByRole('region', { name: 'Job Pictures' }).waitFor();
    await window.settled();
    expect(window.complaints).toEqual([]);
  });

  test('a running import can be paused and resumed', { timeout: 120_000 }, async () => {
    window = await openWindow();
    const { page, core, home } = window;
    await core.openOrCreate(join(home, 'Halted.vitrine'));
    const signal = new AbortController().signal;
    const folders = [await makePictures(join(home, 'Many'), 150, 512)];
    await core.handlers['import.start']({ folders }, signal);
    await page.goto(`${page.url().split('#')[0]}#/import`);
    await page.reload();
    await page.getByRole('button', { name: 'Pause P' }).click();
    await page.getByText('Paused').first().waitFor();
    await window.shot('import-paused-dark');
    await page.getByRole('button', { name: 'Resume P' }).click();
    await window.settled();
    await page.getByText('done', { exact: false }).first().waitFor();
    const { jobs } = await core.handlers['job.list']({}, signal);
    expect(jobs[0]?.counts).toMatchObject({ seen: 150, added: 150, failed: 0 });
    expect(window.complaints).toEqual([]);
  });
});
