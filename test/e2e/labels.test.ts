// Long because one panel goes through the whole journey: written, saved, coded, applied, compared, reviewed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';
import { look } from './look.ts';

/** J6 and J7: a panel in words, applied to stored vectors, saved, reviewed by a person. */
describe.skipIf(!hasChromium)('labels', () => {
  let window: Window;
  let page: Page;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
    ({ page } = window);
    await page.getByRole('option').first().waitFor();
  });
  afterAll(() => window?.close());

  const tab = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
  test('a panel is written, and whether its words can be told apart is a number', async () => {
    await page.keyboard.press('Alt+3');
    await page.getByRole('heading', { name: 'Labels', exact: true }).waitFor();
    await page.getByRole('button', { name: 'New panel' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('What it is');
    const words = page.getByRole('textbox', { name: 'Labels and their words' });
    await words.fill('chest x-ray\npenguin, water bird');
    await page.getByText('never learned “penguin”, “water”, “bird” (penguin).').waitFor();
    await window.shot('labels-unlearned-dark');
    await words.fill(
      'stained tissue, histology\nchest x-ray\nCT of the head\nphotograph of the retina, fundus',
    );
    const read = page.getByRole('list', { name: 'Labels as they are read' });
    await expect.poll(() => read.getByRole('listitem').count()).toBe(4);
    await page.getByText('stained tissue – ').first().waitFor();
    await page.getByText(/Longest prompt: \d+ of 256 tokens/).waitFor();
    await page.getByRole('button', { name: 'Try the wordings' }).click();
    const lab = page.getByRole('table', { name: 'Wordings on 36 items' });
    await expect.poll(() => lab.getByRole('row').count()).toBe(7);
    await look(window, 'labels-panel');
    await lab.scrollIntoViewIfNeeded();
    await window.shot('labels-lab-dark');
  });

  test('it is saved as a version, and what changed since is listed', async () => {
    await page.keyboard.press('Control+S');
    await page.getByText(/^saved .* by reader 1/).waitFor();
    const words = page.getByRole('textbox', { name: 'Labels and their words' });
    await words.fill(`${await words.inputValue()}\nskin lesion`);
    await page.getByText('v2 draft').waitFor();
    await page.getByRole('button', { name: 'Compare v1 with the draft' }).click();
    await page.getByText('1 change from v1 to the draft').waitFor();
    await page.keyboard.press('Control+S');
    await page.getByText('v2', { exact: true }).waitFor();
    await page.getByRole('combobox', { name: 'Version after' }).selectOption('2');
    await page.getByRole('button', { name: 'Compare v1 with v2' }).click();
    await page.getByText('1 change from v1 to v2').waitFor();
    await window.shot('labels-versions-dark');
    const { panels } = await window.core.handlers['panel.list']({}, signal);
    expect(panels[0]?.versions.map(({ number }) => number)).toEqual([2, 1]);
  });

  test('what a label is a kind of, its absence and best tiles are edited, and are part of the panel', async () => {
    const words = page.getByRole('textbox', { name: 'Labels and their words' });
    const before = await words.inputValue();
    await words.fill(`${before}\nradiology`);
    await page.getByRole('combobox', { name: 'Label in detail' }).selectOption('chest x-ray');
    const kind = page.getByRole('combobox', { name: 'Is a kind of' });
    expect(await kind.getByRole('option', { name: 'chest x-ray' }).count()).toBe(0);
    await kind.selectOption('radiology');
    await page.getByText('in radiology').waitFor();
    await page.getByRole('textbox', { name: /^Wordings of its absence/ }).fill('clear lungs\nempty picture');
    await page.getByRole('combobox', { name: 'Of a slide, best tiles' }).selectOption('10');
    await look(window, 'labels-detail');
    await page.getByRole('combobox', { name: 'Version before' }).selectOption('2');
    await page.getByRole('combobox', { name: 'Version after' }).selectOption('draft');
    await page.getByRole('button', { name: 'Compare v2 with the draft' }).click();
    for (const change of ['parent', 'topTiles', 'negative'])
      await page.getByText(change, { exact: false }).first().waitFor();
    await page.getByText('5 changes from v2 to the draft').waitFor();
    await page.getByRole('combobox', { name: 'Label in detail' }).selectOption('radiology');
    await page.getByText(/Other labels are kinds of “radiology”/).waitFor();
    await page.getByRole('combobox', { name: 'Take over a panel' }).selectOption({ index: 1 });
    await page.getByText('v2', { exact: true }).waitFor();
    expect((await words.inputValue()).split('\n')).toHaveLength(before.split('\n').length);
  });

  test('a vocabulary is brought from a folder, and a code put on a label with the keyboard', async () => {
    const lookup = page.getByRole('searchbox', { name: 'Term to look up' });
    await page.getByText('None is shipped.').waitFor();
    expect(await lookup.count()).toBe(0);
    writeFileSync(
      join(window.home, 'made-up.csv'),
      'code,display,synonyms\nM1,Chest picture,radiograph of the chest\nM2,Chest of drawers,\nM3,Eye picture,\n',
    );
    writeFileSync(join(window.home, 'other.csv'), 'name,age\nx,1\n');
    await page.getByRole('button', { name: 'Bring a vocabulary…' }).click();
    await page.getByRole('button', { name: 'Choose this folder' }).click();
    const files = page.getByRole('list', { name: 'Files of the folder' });
    await expect.poll(() => files.getByRole('listitem').count()).toBe(1);
    await page.getByRole('textbox', { name: 'Name, where a table does not say' }).fill('Made up');
    await files.getByRole('button', { name: 'Read' }).click();
    await page
      .getByRole('list', { name: 'Vocabularies' })
      .getByText('3 concepts, from made-up.csv')
      .waitFor();
    const { jobs } = await window.core.handlers['job.list']({}, signal);
    expect(jobs[0]).toMatchObject({ kind: 'vocabulary-import', state: 'done' });
    await page.getByRole('combobox', { name: 'Label in detail' }).selectOption('chest x-ray');
    await lookup.fill('chest');
    const found = page.getByRole('list', { name: 'Terms found' }).getByRole('button');
    await expect.poll(() => found.count()).toBe(2);
    await lookup.fill('radiogr');
    await expect.poll(() => found.count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const codes = page.getByRole('list', { name: 'Codes of chest x-ray' });
    await codes.getByText('Made up · M1 · Chest picture').waitFor();
    await page.getByText('1 code on “chest x-ray”').waitFor();
    await look(window, 'labels-codes');
    await page.getByText('v3 draft').waitFor();
    await page.getByRole('button', { name: 'Remove M1' }).click();
    await page.getByText('v2', { exact: true }).waitFor();
  });

  test('it goes out as CSV and comes back the same', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('What-it-is.csv');
    const csv = readFileSync(await download.path(), 'utf8');
    expect(csv).toContain('photograph of the retina,fundus');
    await page.getByRole('button', { name: 'New panel' }).click();
    await page
      .getByLabel('Panel file')
      .setInputFiles({ name: 'What it is.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByText('v2', { exact: true }).waitFor();
  });

  test('a line for "uncertain" leaves some items to people', async () => {
    await page.getByRole('combobox', { name: 'Say “uncertain”' }).selectOption('threshold');
    await page.getByRole('slider', { name: 'Line for uncertain' }).fill('0.7');
    await page.getByRole('button', { name: 'Apply to 36 items' }).click();
    await page.getByRole('heading', { name: 'Ranked labels' }).waitFor();
    await page.getByText('uncalibrated').first().waitFor();
    const table = page.getByRole('table', { name: 'Ranked labels per item' });
    await expect.poll(() => table.getByRole('row').count()).toBeGreaterThan(5);
    await look(window, 'labels-results');
    const { runs } = await window.core.handlers['label.runs']({}, signal);
    expect(runs[0]?.version).toBe(2);
    expect(runs[0]?.uncertain).toBeGreaterThan(0);
    await page.getByRole('button', { name: /^Uncertain/ }).click();
    await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String((runs[0]?.uncertain ?? 0) + 1));
  });

  test('probabilities of one item add up to one and follow their order', async () => {
    const { core } = window;
    const { runs } = await core.handlers['label.runs']({}, signal);
    const runId = runs[0]?.runId;
    if (runId === undefined) throw new Error('no run');
    const request = { runId, order: 'item', offset: 0, limit: 100 } as const;
    const { predictions, total } = await core.handlers['label.predictions'](request, signal);
    expect(total).toBe(36);
    for (const { ranked } of predictions) {
      const probabilities = ranked.map(({ probability }) => probability);
      expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
      expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
    }
    const eye = predictions.find(({ path }) => path.includes('fundus-01'));
    expect(eye?.ranked[0]?.label).toBe('photograph of the retina');
  });

  test('two runs are compared item by item', async () => {
    await tab('Panel');
    await page.getByRole('checkbox', { name: 'a histopathology image of {label}' }).check();
    await page.getByRole('button', { name: 'Apply to 36 items' }).click();
    await page.getByRole('combobox', { name: 'Run to compare with' }).selectOption({ index: 1 });
    await page.getByText(/items that both labelled/).waitFor();
    const history = page.getByRole('table', { name: 'Runs, the newest first' });
    await history.getByRole('button', { name: 'Compare' }).first().click();
    await page.getByText(/items that both labelled/).waitFor();
    await history.scrollIntoViewIfNeeded();
    await look(window, 'labels-compare');
    await page.getByRole('button', { name: 'Show as table' }).click();
    const spread = page.getByRole('table', { name: 'Probabilities of each label' });
    await expect.poll(() => spread.getByRole('row').count()).toBe(6);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'SVG', exact: true }).click(),
    ]);
    const drawn = readFileSync(await download.path(), 'utf8');
    expect(drawn).toContain('photograph of the retina');
    if (process.env['VITRINE_SHOTS']) writeFileSync(join(process.env['VITRINE_SHOTS'], 'spread.svg'), drawn);
    await page.getByRole('button', { name: 'Show as charts' }).click();
  });

  test('an item of the results opens where it lies', async () => {
    await page
      .getByRole('button', { name: /^Open / })
      .first()
      .click();
    await page.getByRole('region', { name: /^Viewer|^DICOM/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+3');
  });

  test('review by keys: every answer moves the counter, and Ctrl+Z goes back', async () => {
    await tab('Review');
    const counter = page.getByRole('status').filter({ hasText: / of / });
    await expect.poll(() => counter.textContent()).toBe('0 of 36');
    await page.getByRole('img', { name: /^Item / }).waitFor();
    await look(window, 'labels-review');
    const current = () => page.locator('.list [aria-current]').textContent();
    const first = await current();
    await page.keyboard.press('1');
    await expect.poll(() => counter.textContent()).toBe('1 of 36');
    await page.keyboard.press('a');
    await expect.poll(() => counter.textContent()).toBe('2 of 36');
    await page.keyboard.press('x');
    await expect.poll(() => counter.textContent()).toBe('3 of 36');
    await page.keyboard.press('u');
    await expect.poll(() => counter.textContent()).toBe('4 of 36');
    const skipped = await current();
    await page.keyboard.press('ArrowRight');
    await expect.poll(current).not.toBe(skipped);
    expect(await counter.textContent()).toBe('4 of 36');
    const { reviews } = await window.core.handlers['review.list']({ offset: 0, limit: 10 }, signal);
    expect(reviews.map(({ verdict }) => verdict).slice(0, 4)).toEqual([
      'skip',
      'unsure',
      'reject',
      'confirm',
    ]);
    for (const left of ['4 of 36', '3 of 36', '2 of 36', '1 of 36', '0 of 36']) {
      await page.keyboard.press('Control+Z');
      await expect.poll(() => counter.textContent()).toBe(left);
    }
    expect((await current())?.slice(0, 12)).toBe(first?.slice(0, 12));
  });

  test('a hidden suggestion is neither shown nor accepted', async () => {
    await page.getByRole('switch', { name: 'Hide suggestion' }).check();
    const choices = page.getByRole('group', { name: 'Labels' }).getByRole('button');
    expect(await choices.first().textContent()).not.toMatch(/0\.\d\d/);
    await window.shot('labels-review-blind-dark');
    await page.keyboard.press('2');
    const counter = page.getByRole('status').filter({ hasText: / of / });
    await expect.poll(() => counter.textContent()).toBe('1 of 36');
    await page.getByRole('switch', { name: 'Hide suggestion' }).uncheck();
  });

  test('with few answers there is no calibration, and it says how many are missing', async () => {
    await tab('Calibration');
    await page.getByText('1 of 100 reviewed items').waitFor();
    await look(window, 'labels-calibration-few');
    expect(window.complaints).toEqual([]);
  });
});
