import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { bundleIdentity } from '../../main/core/encode/bundle-identity.ts';
import { BundleManifest } from '../../main/core/encode/bundle.ts';
import { openArchive } from '../../main/core/store/archive.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import { hasChromium } from '../support/chromium.ts';
import { addItems, addModel, randomNumbers } from '../support/search-archive.ts';
import { root } from '../support/tool.ts';
import { openWindow, type Window } from './harness.ts';

const ITEMS = 20_000;
/** Tiles alive at once, whatever the length of the list. */
const MOST_TILES = 300;
const patient = { timeout: 10_000 };

/** A long archive is as light as a short one: few tiles alive, every one of them reachable, the order kept. */
describe.skipIf(!hasChromium)(`an archive of ${ITEMS} items`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-large-'));
  let window: Window;

  beforeAll(async () => {
    const path = join(folder, 'Large.vitrine');
    const archive = openArchive(path, { create: true, now: new Date(0).toISOString() });
    const text = readFileSync(join(root, 'models/starter/bundle.json'), 'utf8');
    const manifest = BundleManifest.parse(JSON.parse(text));
    const model = addModel(archive, bundleIdentity(manifest), manifest.dimensions);
    addItems(archive, model, ITEMS, randomNumbers(7));
    archive.close();
    window = await openWindow();
    await window.core.openOrCreate(path);
    await window.page.reload();
    await window.page.getByRole('option').first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await window?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const tiles = () => window.page.getByRole('option').count();
  const at = (position: number) => window.page.locator(`[aria-posinset="${position}"]`);

  test('End leads to the last item, Home back to the first, with few tiles alive on the way', async () => {
    const { page } = window;
    const grid = page.getByRole('listbox');
    await grid.focus();
    await page.keyboard.press('End');
    await at(ITEMS).waitFor();
    await expect.poll(() => at(ITEMS).innerText(), patient).not.toBe('');
    expect(await tiles()).toBeLessThanOrEqual(MOST_TILES);
    for (let step = 0; step < 40; step += 1) {
      await grid.evaluate((element, share) => (element.scrollTop = element.scrollHeight * share), step / 40);
      if (step % 10 === 0) expect(await tiles()).toBeLessThanOrEqual(MOST_TILES);
    }
    await page.keyboard.press('Home');
    await at(1).waitFor();
    await window.shot('large-dark');
  });

  test('a search ranks all of them, and the ten thousandth is there when it is scrolled to', async () => {
    const { page } = window;
    const entry = page.getByRole('textbox', { name: 'Describe what the pictures show' });
    await entry.fill('stained tissue');
    await entry.press('Enter');
    const grid = page.getByRole('listbox', { name: 'Results' });
    await grid.waitFor();
    expect(await at(1).getAttribute('aria-setsize')).toBe(String(ITEMS));
    const lift = async (position: number) =>
      Number((await at(position).locator('.cap').first().innerText()).replace('−', '-').split('\n')[0]);
    const first = await lift(1);
    await grid.evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
    // Until the next frame the tiles of the old place are there, with numbers of their own.
    const middle = page.getByRole('option').nth(20);
    const place = async () => Number(await middle.getAttribute('aria-posinset'));
    await expect.poll(place, patient).toBeGreaterThan(ITEMS / 4);
    const position = await place();
    await expect.poll(() => at(position).locator('.cap').first().innerText(), patient).toMatch(/\d/);
    expect(await lift(position)).toBeLessThan(first);
    expect(window.complaints).toEqual([]);
  });

  test('everything is selected at once, and counted', async () => {
    const { page } = window;
    await page.getByRole('listbox').focus();
    await page.keyboard.press('Control+a');
    await page.getByText('20,000 selected').waitFor();
    await page.keyboard.press('Escape');
  });

  test('a run of a panel shows how far it is, rests when it is paused, and stopped leaves nothing', async () => {
    const { page, core } = window;
    const { signal } = new AbortController();
    // Paused with the first that it says, because it takes less than a second.
    const stop = core.on((event, payload) => {
      const job = payload as Job;
      if (event !== 'job.changed' || job.kind !== 'label-run' || job.state !== 'running') return;
      if (job.stages.length > 0) void core.handlers['job.pause']({ jobId: job.jobId }, signal);
    });
    await page.keyboard.press('Alt+3');
    await page.getByRole('button', { name: `Apply to ${ITEMS.toLocaleString('en')} items` }).click();
    const progress = page.getByRole('progressbar', { name: 'Run of Kind of picture' });
    await progress.waitFor();
    await page.getByText(/[\d,]+ of 20,000 items · paused/).waitFor();
    for (const theme of ['light', 'dark'] as const) {
      await window.theme(theme);
      await window.shot(`large-run-${theme}`);
      expect(await window.accessibility()).toEqual([]);
    }
    stop();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect.poll(() => progress.count()).toBe(0);
    const { jobs } = await core.handlers['job.list']({}, signal);
    expect(jobs[0]).toMatchObject({ kind: 'label-run', state: 'cancelled', runId: null });
    expect((await core.handlers['label.runs']({}, signal)).runs).toEqual([]);
    await page.getByRole('button', { name: /^Apply to/ }).click();
    await page.getByRole('heading', { name: 'Ranked labels' }).waitFor();
    await page.getByText('over 1,000 of 20,000 items').waitFor();
  });
});
