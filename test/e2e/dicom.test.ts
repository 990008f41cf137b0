import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { openWindow, type Window } from './harness.ts';
import { look } from './look.ts';

/** J9: a CT, its windows by key and by drag, and what the model saw beside it. */
describe.skipIf(!hasChromium)('DICOM', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
    await window.page.getByRole('option').first().waitFor();
  });
  afterAll(() => window?.close());

  const viewer = () => window.page.getByRole('region', { name: /^DICOM viewer/ });
  const windowText = () => viewer().getByTestId('window').innerText();
  const state = () => viewer().getByRole('region', { name: 'What the model saw' }).getByRole('status');
  /** Grey of the pixel in the middle of the canvas, and how many greys there are in all. */
  const canvas = () =>
    viewer()
      .locator('canvas')
      .evaluate((element) => {
        const drawn = element as HTMLCanvasElement;
        const { data } = (drawn.getContext('2d') as CanvasRenderingContext2D).getImageData(
          0,
          0,
          drawn.width,
          drawn.height,
        );
        const greys = new Set<number>();
        let sum = 0;
        for (let at = 0; at < data.length; at += 4) {
          greys.add(data[at] ?? 0);
          sum += data[at] ?? 0;
        }
        return { greys: greys.size, mean: sum / (data.length / 4) };
      });

  async function openTile(name: RegExp) {
    const { page } = window;
    await page.evaluate(() => (location.hash = '#/search'));
    await page.getByRole('option', { name }).first().dblclick();
    await viewer().waitFor();
    await state().waitFor();
  }

  test('presets by key change the window, and the model’s view is compared with it', async () => {
    const { page } = window;
    await openTile(/ct-chest-nodule-01/);
    expect(await state().innerText()).toBe('Matches');
    const before = await canvas();
    expect(before.greys).toBeGreaterThan(20);
    await look(window, 'dicom');

    const seen: string[] = [];
    for (const key of ['1', '2', '3', '4', '5']) {
      await page.keyboard.press(key);
      seen.push(await windowText());
    }
    expect(seen.map((text) => /· (.+)/.exec(text)?.[1])).toEqual([
      'Lung',
      'Soft tissue',
      'Bone',
      'Abdomen',
      'Brain',
    ]);
    await expect.poll(() => state().innerText()).toBe('Differs');
    expect(Math.abs((await canvas()).mean - before.mean)).toBeGreaterThan(5);
    await window.shot('dicom-differs-dark');
    await viewer().getByRole('button', { name: 'Show what the model saw' }).click();
    await expect.poll(() => state().innerText()).toBe('Matches');
    expect((await canvas()).mean).toBeCloseTo(before.mean, 5);
  });

  test('inverts, zooms, drags the window, and tells the value under the pointer', async () => {
    const { page } = window;
    const before = await canvas();
    await page.keyboard.press('i');
    await expect.poll(async () => Math.round((await canvas()).mean + before.mean)).toBe(255);
    await page.keyboard.press('0');
    await expect.poll(async () => (await canvas()).mean).toBeCloseTo(before.mean, 5);

    const box = await viewer().locator('canvas').boundingBox();
    const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
    const text = await windowText();
    await page.mouse.move(x, y);
    expect(await viewer().getByTestId('probe').innerText()).toMatch(/1 \/ 1.*-?\d+ HU · stored \d+/);
    await page.mouse.down();
    await page.mouse.move(x + 60, y + 10, { steps: 5 });
    await page.mouse.up();
    expect(await windowText()).not.toBe(text);
    expect(await windowText()).toContain('Custom');
    await page.keyboard.press('+');
    await page.keyboard.press('Escape');
    await expect.poll(() => viewer().count()).toBe(0);
  });

  test('goes through frames by key and slider, and shows which were fed to the model', async () => {
    const { page } = window;
    await openTile(/ct-mediastinum-01/);
    const frames = Number(
      /of (\d+)/.exec((await viewer().getByRole('slider').getAttribute('aria-valuetext')) ?? '')?.[1],
    );
    // It opens in its middle.
    const middle = await canvas();
    await page.keyboard.press('Home');
    await expect.poll(async () => (await canvas()).mean).not.toBe(middle.mean);
    await page.keyboard.press('ArrowDown');
    await expect
      .poll(() => viewer().getByRole('slider').getAttribute('aria-valuetext'))
      .toBe(`Frame 2 of ${frames}`);
    await expect.poll(async () => (await canvas()).mean).toBe(middle.mean);
    await window.shot('dicom-frames-dark');
    await page.keyboard.press('c');
    await expect
      .poll(() => viewer().getByRole('slider').getAttribute('aria-valuetext'))
      .not.toBe(`Frame 2 of ${frames}`);
    await page.keyboard.press('c');
    await page.keyboard.press('Escape');
  });

  test('searching for the image is one key away', async () => {
    const { page } = window;
    await openTile(/ct-head-normal-01/);
    await page.keyboard.press('s');
    await expect.poll(() => viewer().count()).toBe(0);
    await page
      .getByRole('search')
      .getByRole('group', { name: /ct-head-normal-01/ })
      .waitFor();
    expect(window.complaints).toEqual([]);
  });
});
