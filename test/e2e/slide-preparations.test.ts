import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { makeSlide } from '../support/generated-slide.ts';
import { safetensorsOf } from '../support/safetensors.ts';
import type { Window } from './harness.ts';
import { look } from './look.ts';
import { drawn as size, openWindowOnSlides } from './slide-window.ts';

/** A thousand tiles through the model, on a machine that does other things too. */
const SLOW_MS = 90_000;

/** How a slide's colours are prepared, what that changes, slides like one, figures, and a rectangle that finds its like. */
describe.skipIf(!hasChromium)('slide preparations', () => {
  let window: Window;
  let tumours: readonly {
    readonly x: number;
    readonly y: number;
    readonly rx: number;
    readonly ry: number;
  }[];

  beforeAll(async () => {
    const opened = await openWindowOnSlides((folder) => makeSlide(join(folder, 'other.tif'), 3000, 2400), {
      viewport: { width: 1920, height: 1080 },
    });
    window = opened.window;
    tumours = opened.truth.regions.filter((region) => region.class === 'tumour');
  }, 180_000);
  afterAll(() => window?.close());

  const viewer = () => window.page.getByRole('region', { name: /^Slide viewer/ });
  const section = (name: string) => viewer().getByRole('region', { name });

  /** Out of a field: letters belong to the slide again. */
  async function leaveField(): Promise<void> {
    await window.page.keyboard.press('Escape');
    await expect
      .poll(() => window.page.evaluate(() => document.activeElement?.tagName), { timeout: 5000 })
      .toBe('SECTION');
  }

  async function saved(button: string): Promise<{ name: string; bytes: Buffer }> {
    const download = window.page.waitForEvent('download');
    await section('Top regions').getByRole('button', { name: button, exact: true }).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  }

  test('how much staining matters to the words is measured by key', async () => {
    const { page } = window;
    await page.getByRole('option', { name: /drawn\.tif/ }).dblclick();
    await viewer().locator('.openseadragon-canvas canvas').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('tumour cells');
    await page.keyboard.press('Enter');
    await viewer()
      .getByText(/tiles compared in .* colours as scanned/)
      .waitFor();
    await leaveField();
    await page.keyboard.press('j');
    await section('Staining')
      .getByText('of the top 20 for “tumour cells” stay there')
      .waitFor({ timeout: SLOW_MS });
    await section('Staining').locator('summary').click();
    expect(await section('Staining').locator('tbody tr').count()).toBe(5);
    await section('Staining').scrollIntoViewIfNeeded();
    await look(window, 'slide-staining');
  }, 120_000);

  test('the heat and the difference leave as figures, each in its own colours', async () => {
    const { page } = window;
    const heat = await saved('PNG');
    expect(heat.name).toBe('drawn.tif-heat.png');
    await page.keyboard.press('/');
    await page.keyboard.press('Tab');
    await page.keyboard.type('necrosis');
    await page.keyboard.press('Enter');
    await viewer().getByRole('heading', { name: 'Difference' }).waitFor();
    await leaveField();
    await look(window, 'slide-difference');
    const difference = await saved('PNG');
    expect(difference.name).toBe('drawn.tif-difference.png');
    const folder = process.env['VITRINE_SHOTS'];
    for (const { name, bytes } of [heat, difference]) if (folder) writeFileSync(join(folder, name), bytes);

    const { data, info } = await sharp(difference.bytes)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info.width).toBe(2048 + 48);
    const near = (red: number, green: number, blue: number) => {
      let count = 0;
      for (let at = 0; at < data.length; at += 3)
        if (
          Math.abs((data[at] ?? 0) - red) +
            Math.abs((data[at + 1] ?? 0) - green) +
            Math.abs((data[at + 2] ?? 0) - blue) <
          12
        )
          count++;
      return count;
    };
    // Both ends of the legend's ramp, and none of the heat's yellow.
    expect(near(11, 79, 158)).toBeGreaterThan(100);
    expect(near(180, 74, 0)).toBeGreaterThan(100);
    expect(near(253, 231, 60)).toBe(0);
    await page.keyboard.press('/');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Enter');
    await viewer().getByRole('heading', { name: 'Heat overlay' }).waitFor();
    await leaveField();
  });

  test('tiles are read prepared, and compared apart from those as scanned', async () => {
    const colours = section('Staining').getByLabel('Colours');
    await colours.selectOption({ label: 'like Macenko’s reference (not read)' });
    await section('Staining').getByText('have not been read like this yet').waitFor();
    await look(window, 'slide-stain-unread');
    await section('Staining').getByRole('button', { name: 'Read them like this' }).press('Enter');
    await window.settled();
    await viewer()
      .getByText(/tiles compared in .* colours like Macenko’s reference/)
      .waitFor();
    await look(window, 'slide-stained');
    await section('Staining').getByRole('button', { name: 'Make this slide a reference' }).press('Enter');
    await section('Staining').getByText('A reference: others can be read like it.').waitFor();
    expect(await colours.locator('option').allInnerTexts()).toContain('like drawn.tif (not read)');
    // Focus stays on what was pressed, which says why it cannot be pressed again.
    const pressed = section('Staining').getByRole('button', { name: 'Make this slide a reference' });
    expect(await pressed.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await pressed.getAttribute('aria-disabled')).toBe('true');
    await look(window, 'slide-reference');
    await colours.selectOption({ label: 'as scanned' });
    await viewer()
      .getByText(/tiles compared in .* colours as scanned/)
      .waitFor();
  });

  test('slides like this one are found by weights from a file, and a file that is none says why', async () => {
    const likes = section('Slides like this one');
    const colours = section('Staining').getByLabel('Colours');
    await colours.selectOption({ label: 'like Macenko’s reference' });
    await likes.getByRole('button', { name: 'Find them' }).press('Enter');
    await likes
      .getByText('No other slide has been read with colours like Macenko’s reference. Open one')
      .waitFor();
    await colours.selectOption({ label: 'as scanned' });
    await likes.getByRole('button', { name: 'Find them' }).press('Enter');
    await likes.getByText('1 slide compared, most alike first').waitFor();
    const file = likes.locator('input[type=file]');
    const head = safetensorsOf({ V: [4, 128], U: [4, 128], w: [4] }, (at) => Math.sin(at) / 2);
    await file.setInputFiles({ name: 'head.npz', mimeType: '', buffer: Buffer.from('no zip') });
    await likes.getByText('It is no whole npz file.').waitFor();
    await look(window, 'slide-weights-refused');
    await file.setInputFiles({ name: 'head.safetensors', mimeType: '', buffer: Buffer.from(head) });
    await likes.getByText('1 slide compared, most alike first').waitFor();
    expect(await likes.getByLabel('Vectors by').inputValue()).toMatch(/^attention-/);
    await likes.scrollIntoViewIfNeeded();
    await look(window, 'slide-likes');
    await likes.getByRole('button', { name: /other\.tif/ }).press('Enter');
    await viewer().getByText('3,000 × 2,400').waitFor();
    await window.page.keyboard.press('Escape');
    await viewer().getByText('6,000 × 4,800').waitFor();
  });

  test('a rectangle on one tumour finds the other within the first three hits', async () => {
    const { page } = window;
    const [drawn, other] = tumours;
    if (!drawn || !other) throw new Error('two tumours');
    await page.keyboard.press('0');
    await page.keyboard.press('r');
    const box = await viewer().locator('canvas.over').boundingBox();
    if (!box) throw new Error('no stage');
    // The whole slide is fitted into the middle of the stage.
    const scale = Math.min(box.width / size.width, box.height / size.height);
    const at = (x: number, y: number) =>
      [
        box.x + box.width / 2 + (x - size.width / 2) * scale,
        box.y + box.height / 2 + (y - size.height / 2) * scale,
      ] as const;
    await page.mouse.move(...at(drawn.x - drawn.rx / 2, drawn.y - drawn.ry / 2));
    await page.mouse.down();
    await page.mouse.move(...at(drawn.x + drawn.rx / 2, drawn.y + drawn.ry / 2), { steps: 4 });
    await page.mouse.up();
    await page.keyboard.press('s');
    const region = section('Region');
    const told = region.getByText(/like it, best first/);
    await told.waitFor({ timeout: SLOW_MS });
    // The list was scrolled to the end of the pane; what the key found is to be seen.
    await expect.poll(async () => (await told.boundingBox())?.y ?? -1).toBeGreaterThan(80);
    expect((await told.boundingBox())?.y).toBeLessThan(1000);
    await look(window, 'slide-rectangle');
    const texts = await region.locator('.place').allInnerTexts();
    const hits = texts.map((text) => {
      const [, x = '', y = ''] = /x ([\d,]+) y ([\d,]+)/.exec(text) ?? [];
      const isHere = text.includes('this slide');
      return { isHere, x: Number(x.replaceAll(',', '')) + 112, y: Number(y.replaceAll(',', '')) + 112 };
    });
    const inOther = hits.map(
      ({ isHere, x, y }) => isHere && ((x - other.x) / other.rx) ** 2 + ((y - other.y) / other.ry) ** 2 < 1.3,
    );
    expect(inOther.slice(0, 3)).toContain(true);
    await region.locator('.place').nth(inOther.indexOf(true)).press('Enter');
    await page.keyboard.press('Escape');
  }, 120_000);

  test('nothing complained', () => {
    expect(window.complaints).toEqual([]);
  });
});
