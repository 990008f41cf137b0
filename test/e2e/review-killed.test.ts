import { mkdtempSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium, launchChromium } from '../support/chromium.ts';
import { runCli, spawnCli } from '../support/cli.ts';
import { removeFolder } from '../support/core.ts';

const KILLS = 3;

/** What a reader saw acknowledged is on the disk: the program is killed right after, again and again. */
describe.skipIf(!hasChromium)('answers on screen when the program is killed', () => {
  const data = mkdtempSync(join(tmpdir(), 'vitrine-review-killed-'));
  const archive = join(data, 'Demo.vitrine');
  const panel = join(data, 'Kinds.json');
  let browser: Browser;

  beforeAll(async () => {
    const labels = ['histology', 'chest x-ray', 'CT', 'fundus'].map((name) => ({ name }));
    writeFileSync(panel, JSON.stringify({ name: 'Kinds', labels }));
    expect(await runCli(data, 'demo', '--archive', archive)).toMatchObject({ code: 0 });
    expect(await runCli(data, 'label', '--archive', archive, '--panel', panel)).toMatchObject({ code: 0 });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    removeFolder(data);
  });

  async function serve(): Promise<{ url: string; kill: () => Promise<void> }> {
    const child = spawnCli(data, ['serve', '--archive', archive, '--json']);
    for await (const line of createInterface({ input: child.stdout })) {
      const { url } = JSON.parse(line) as { url: string };
      const kill = async () => {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      };
      return { url, kill };
    }
    throw new Error('the server ended without an address');
  }

  /** Presses a key and waits for the counter, which moves when the core has answered. */
  async function answer(page: Page, key: string): Promise<void> {
    const counter = page.getByRole('status').filter({ hasText: / of / });
    const before = await counter.textContent();
    await page.keyboard.press(key);
    await expect.poll(() => counter.textContent()).not.toBe(before);
  }

  test('every one of them is in the archive afterwards, in order', async () => {
    const keys = ['1', '2', 'x', 'u', '3', 'a'];
    let answered = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const { url, kill } = await serve();
      const page = await browser.newPage({ reducedMotion: 'reduce' });
      await page.goto(url);
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('Alt+3');
      await page.getByRole('tab', { name: /^Review/ }).click();
      await page.getByText(`${answered} of 36`).waitFor();
      for (const key of keys.slice(0, 2 + 2 * round)) {
        await answer(page, key);
        answered += 1;
      }
      await kill();
      await page.close();
    }
    const { stdout } = await runCli(
      data,
      'review',
      'export',
      '--archive',
      archive,
      '--panel',
      'Kinds',
      '--json',
    );
    const { rows, text } = JSON.parse(stdout) as { rows: number; text: string };
    expect(rows).toBe(answered);
    const verdicts = text
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[1]);
    expect(verdicts.filter((verdict) => verdict === 'unsure')).toHaveLength(2);
    expect(verdicts.at(-1)).toBe('confirm');
    const checked = await runCli(data, 'verify', '--archive', archive, '--json');
    expect(JSON.parse(checked.stdout)).toMatchObject({ clean: true });
  });
});
