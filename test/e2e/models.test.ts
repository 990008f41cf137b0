import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { smallSize, writeRandomCheckpoint, writeSmallTokenizer } from '../support/random-checkpoint.ts';
import { openWindow, type Window } from './harness.ts';
import { look } from './look.ts';

/** Large enough that its progress can be seen. */
const slowSize = { ...smallSize, sizePx: 224, width: 128, layers: 8, heads: 4 };

/** A checkpoint becomes a model, reads the archive again, and searches. */
describe.skipIf(!hasChromium)('model manager', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
    const tokenizer = join(window.home, 'tokenizer.json');
    writeSmallTokenizer(tokenizer);
    writeRandomCheckpoint(join(window.home, 'small-model'), slowSize, tokenizer);
  }, 120_000);
  afterAll(() => window?.close());

  const open = (name: string) =>
    window.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
  const results = () => window.page.getByRole('listbox', { name: 'Results' });

  async function search(text: string): Promise<void> {
    const { page } = window;
    await open('Search');
    const clear = page.getByRole('button', { name: 'Clear the query' });
    if (await clear.isVisible()) await clear.click();
    await page.getByRole('textbox', { name: 'Describe what the pictures show' }).fill(text);
    await page.keyboard.press('Enter');
    await results().getByRole('option').first().waitFor();
  }
  const card = (name: string) => window.page.getByRole('article', { name });

  test('shows the starter with its parity record', async () => {
    const { page } = window;
    await open('Settings');
    await card('Starter').getByText('In use').waitFor();
    await card('Starter').getByText('for trying the program, not for research').waitFor();
    await card('Starter')
      .getByRole('row', { name: /int8 Passed fp32 cpu/ })
      .waitFor();
    await look(window, 'models-starter');
    await card('Starter').getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/Starter: \d+ files match their checksums/).waitFor();
  });

  test('imports a checkpoint folder and tells its progress', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Import checkpoint…' }).click();
    const picker = page.getByRole('dialog');
    await picker.getByRole('button', { name: 'small-model' }).click();
    await window.shot('models-picker-dark');
    await picker.getByRole('button', { name: 'Choose this folder' }).click();
    const importing = page.getByRole('link', { name: /Importing\s*small-model/ });
    await importing.getByRole('progressbar').waitFor();
    await importing.getByText(/checking fp32|writing|checking/).waitFor();
    await window.shot('models-importing-dark');
    await window.settled();
    await importing.waitFor({ state: 'detached' });
    await card('small-model').waitFor();
    await card('small-model')
      .getByRole('row', { name: /fp32 Passed plain forward pass cpu/ })
      .waitFor();
    await card('small-model').getByText('0 of 38').waitFor();
    await look(window, 'models-two');
  });

  test('search answers before, while and after the archive is read again', async () => {
    const { page } = window;
    await card('small-model').getByRole('button', { name: 'Use instead' }).click();
    await page.getByText('Search answers from the old vectors until it is done.').waitFor();
    await page.getByRole('link', { name: /Reading the archive again\s*small-model/ }).waitFor();
    await card('Starter').getByText('In use').waitFor();
    await window.shot('models-rereading-dark');
    await search('chest');
    await open('Settings');
    await window.settled();
    await card('small-model').getByText('In use').waitFor();
    await card('small-model').getByText('38 of 38').waitFor();
    await page.getByRole('row', { name: /small-model/ }).waitFor();
    await window.shot('models-switched-dark');
    await search('fundus');
    await window.shot('models-search-after-dark');
  });

  test('a model that is not in use can be removed', async () => {
    await open('Settings');
    await card('Starter').getByRole('button', { name: 'Use instead' }).click();
    await card('Starter').getByText('In use').waitFor();
    await card('small-model').getByRole('button', { name: 'Remove' }).click();
    await window.page.getByText('Removed small-model').waitFor();
    await expect.poll(() => card('small-model').count()).toBe(0);
    expect(window.complaints).toEqual([]);
  });
});
