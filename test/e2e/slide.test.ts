import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import type { Window } from './harness.ts';
import { look } from './look.ts';
import { openWindowOnSlides } from './slide-window.ts';

/** J8: a slide lights up by a phrase, its hotspots are walked through, a rectangle finds its like. */
describe.skipIf(!hasChromium)('slide', () => {
  let window: Window;

  beforeAll(async () => {
    ({ window } = await openWindowOnSlides());
  }, 180_000);
  afterAll(() => window?.close());

  const viewer = () => window.page.getByRole('region', { name: /^Slide viewer/ });

  test('the slide opens, lights up and is walked through by keys alone', async () => {
    const { page } = window;
    await page.getByRole('option', { name: /drawn\.tif/ }).dblclick();
    await viewer().locator('.openseadragon-canvas canvas').first().waitFor();
    await viewer().getByText('µm/px').last().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('tumour cells');
    await page.keyboard.press('Enter');
    await viewer()
      .getByText(/tiles compared in/)
      .waitFor();
    await viewer().getByText('fixed scale, same for every slide').waitFor();
    await viewer().locator('.place img').first().waitFor();
    await look(window, 'slide');
    // Escape leaves the field first; letters then belong to the slide.
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    await viewer().locator('.place[aria-current="true"]').waitFor();
    expect(await viewer().locator('.place').nth(1).getAttribute('aria-current')).toBe('true');
  });

  test('the overlay is drawn, and is not there when it is switched off', async () => {
    const { page } = window;
    await page.keyboard.press('0');
    const painted = () =>
      viewer()
        .locator('canvas.over')
        .evaluate((element) => {
          const drawn = element as HTMLCanvasElement;
          const { data } = (drawn.getContext('2d') as CanvasRenderingContext2D).getImageData(
            0,
            0,
            drawn.width,
            drawn.height,
          );
          let count = 0;
          for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 0) count++;
          return count / (data.length / 4);
        });
    await expect.poll(painted).toBeGreaterThan(0.02);
    await page.keyboard.press('h');
    await expect.poll(painted).toBeLessThan(0.001);
    await page.keyboard.press('h');
  });

  test('a drawn rectangle finds other places, and a hit is shown', async () => {
    const { page } = window;
    await page.keyboard.press('0');
    await page.keyboard.press('r');
    const box = await viewer().locator('canvas.over').boundingBox();
    if (!box) throw new Error('no stage');
    const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
    await page.mouse.move(...at(0.27, 0.3));
    await page.mouse.down();
    await page.mouse.move(...at(0.37, 0.42), { steps: 4 });
    await page.mouse.up();
    await page.keyboard.press('s');
    const region = viewer().getByRole('region', { name: 'Region' });
    await region.getByText(/like it, best first/).waitFor();
    expect(await region.locator('.place').count()).toBeGreaterThan(1);
    await region.locator('.place').first().click();
    // One level back at a time: the rectangle, then the list.
    await page.keyboard.press('Escape');
    await viewer().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('option', { name: /drawn\.tif/ }).waitFor();
    await expect.poll(() => viewer().count()).toBe(0);
  });

  test('nothing complained', () => {
    expect(window.complaints).toEqual([]);
  });
});
