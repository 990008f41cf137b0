import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { makeSpoiltSlide } from '../support/generated-slide.ts';
import type { Window } from './harness.ts';
import { look } from './look.ts';
import { drawn as one, openWindowOnSlides } from './slide-window.ts';

const other = { width: 5376, height: 4096 };
/** Between two looks at a view: longer than a frame on a busy machine. */
const REST_MS = 100;

/** Two slides side by side: what follows what, what is drawn over both, and what is known of tiles without a phrase. */
describe.skipIf(!hasChromium)('two slides', () => {
  let window: Window;

  beforeAll(async () => {
    ({ window } = await openWindowOnSlides((folder) =>
      makeSpoiltSlide(join(folder, 'spoilt.tif'), other, {
        blurred: { x: 1792, y: 1792, w: 896, h: 1024 },
        pen: { x: 2688, y: 512, w: 448, h: 512 },
      }),
    ));
  }, 180_000);
  afterAll(() => window?.close());

  const viewer = () => window.page.getByRole('region', { name: /^Slide viewer/ });
  const stage = (name: string) => viewer().getByRole('application', { name: new RegExp(`^Slide ${name}`) });
  const zoomOf = async (name: string) => await stage(name).locator('.hud.bottom.left').innerText();

  /** What lies under the middle of a stage, or beside it, in pixels of level 0, once the view has come to rest. */
  async function under(name: string, right = 0, down = 0): Promise<{ x: number; y: number }> {
    const box = await stage(name).boundingBox();
    if (!box) throw new Error(`no stage of ${name}`);
    const read = async () => {
      await window.page.mouse.move(box.x + box.width / 2 + right, box.y + box.height / 2 + down);
      return stage(name).locator('.hud.bottom.right').innerText();
    };
    let text = '';
    for (let same = 0; same < 2;) {
      await window.page.waitForTimeout(REST_MS);
      const now = await read();
      same = now === text ? same + 1 : 0;
      text = now;
    }
    const [, x = '', y = ''] = /x ([\d,]+) y ([\d,]+)/.exec(text) ?? [];
    return { x: Number(x.replaceAll(',', '')), y: Number(y.replaceAll(',', '')) };
  }

  const painted = (name: string) =>
    stage(name)
      .locator('canvas.over')
      .evaluate((element) => {
        const drawn = element as HTMLCanvasElement;
        const context = drawn.getContext('2d') as CanvasRenderingContext2D;
        const { data } = context.getImageData(0, 0, drawn.width, drawn.height);
        let count = 0;
        for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 0) count++;
        return count / (data.length / 4);
      });

  test('a second slide is chosen by key and laid beside the first, middle on middle', async () => {
    const { page } = window;
    await page.getByRole('option', { name: /drawn\.tif/ }).dblclick();
    await viewer().locator('.openseadragon-canvas canvas').first().waitFor();
    await page.keyboard.press('c');
    const picker = page.getByRole('dialog', { name: 'Compare with' });
    await picker.getByText('1 slide, most alike first').waitFor();
    await window.shot('slide-picker-dark');
    expect(await window.accessibility()).toEqual([]);
    expect(await picker.getByRole('button', { name: /spoilt\.tif/ }).count()).toBe(1);
    // The field has the focus; the first of the list is one key away.
    await page.keyboard.type('spoilt');
    await picker.getByText(/^1 slide/).waitFor();
    await page.keyboard.press('Enter');
    await viewer().getByText('Pan, zoom and rotation follow each other').waitFor();
    await expect.poll(() => zoomOf('spoilt.tif')).toMatch(/µm\/px/);
    await expect.poll(async () => (await zoomOf('spoilt.tif')) === (await zoomOf('drawn.tif'))).toBe(true);
    const [left, right] = [await under('drawn.tif'), await under('spoilt.tif')];
    expect(Math.abs(left.x - one.width / 2 - (right.x - other.width / 2))).toBeLessThan(15);
    expect(Math.abs(left.y - one.height / 2 - (right.y - other.height / 2))).toBeLessThan(15);
  });

  test('both are lit up by one phrase, on one scale', async () => {
    const { page } = window;
    await page.keyboard.press('/');
    await page.keyboard.type('tumour cells');
    await page.keyboard.press('Enter');
    await viewer().getByText('fixed scale, the same on both').waitFor();
    for (const name of ['drawn.tif', 'spoilt.tif'])
      await expect.poll(() => painted(name), { message: name }).toBeGreaterThan(0.02);
    await page.keyboard.press('Escape');
    await look(window, 'slide-pair');
  });

  test('pan, zoom and rotation of one are those of the other', async () => {
    const { page } = window;
    await page.keyboard.press('4');
    for (const name of ['drawn.tif', 'spoilt.tif'])
      await expect.poll(() => zoomOf(name), { message: name }).toMatch(/10× · 1\.00 µm\/px/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const difference = async (right = 0, down = 0) => {
      const [a, b] = [await under('drawn.tif', right, down), await under('spoilt.tif', right, down)];
      return { x: b.x - a.x, y: b.y - a.y };
    };
    const before = await difference();
    expect(Math.abs(before.x - (other.width - one.width) / 2)).toBeLessThan(6);
    expect(Math.abs(before.y - (other.height - one.height) / 2)).toBeLessThan(6);
    await page.keyboard.press('>');
    // 100 px right on the screen are up on a slide that is turned right by 90°: 400 px of 0.25 µm at 1 µm per pixel.
    const middle = await under('spoilt.tif');
    const beside = await under('spoilt.tif', 100, 0);
    expect(Math.abs(beside.x - middle.x)).toBeLessThan(6);
    expect(Math.abs(middle.y - beside.y - 400)).toBeLessThan(6);
    await page.keyboard.press('<');
    const after = await difference();
    expect(Math.hypot(after.x - before.x, after.y - before.y)).toBeLessThan(6);
  });

  test('let go, moved and linked again they keep their offset', async () => {
    const { page } = window;
    await page.keyboard.press('Control+Alt+s');
    await viewer().getByText('Free: move one until it fits, then synchronise again').waitFor();
    const [left, right] = [await under('drawn.tif'), await under('spoilt.tif')];
    await stage('spoilt.tif').focus();
    await page.keyboard.press('ArrowRight');
    const moved = await under('spoilt.tif');
    expect(moved.x - right.x).toBeGreaterThan(200);
    expect((await under('drawn.tif')).x).toBe(left.x);
    await page.keyboard.press('Control+Alt+s');
    await viewer()
      .getByText(/off by .* right/)
      .waitFor();
    await window.shot('slide-pair-offset-dark');
    // From now on the right one leads: it was the last to be taken hold of.
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowUp');
    const [leftThen, rightThen] = [await under('drawn.tif'), await under('spoilt.tif')];
    expect(Math.abs(leftThen.x - left.x)).toBeGreaterThan(200);
    expect(Math.abs(rightThen.x - leftThen.x - (moved.x - left.x))).toBeLessThan(6);
    expect(Math.abs(rightThen.y - leftThen.y - (moved.y - left.y))).toBeLessThan(6);
  });

  test('blur and pen marks are counted and drawn, and so is the grid', async () => {
    const { page } = window;
    await page.keyboard.press('0');
    await page.keyboard.press('h');
    await expect.poll(() => painted('spoilt.tif')).toBeLessThan(0.001);
    const tiles = viewer().getByRole('region', { name: 'Tissue and tiles' });
    expect(await tiles.innerText()).toMatch(/Not read\s+0 tiles/);
    const count = async (text: string) =>
      Number(new RegExp(`${text}\\s+([\\d,]+) tile`).exec(await tiles.innerText())?.[1]);
    expect(await count('Out of focus')).toBeGreaterThan(5);
    expect(await count('Pen marks')).toBeGreaterThan(1);
    await tiles.getByRole('checkbox', { name: /Out of focus/ }).check();
    await expect.poll(() => painted('spoilt.tif')).toBeGreaterThan(0.01);
    const blurred = await painted('spoilt.tif');
    await tiles.getByRole('checkbox', { name: /Pen marks/ }).check();
    await expect.poll(() => painted('spoilt.tif')).toBeGreaterThan(blurred * 1.05);
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await expect.poll(() => painted('drawn.tif')).toBeGreaterThan(0.1);
    await page.waitForTimeout(300);
    await look(window, 'slide-tiles');
    for (const key of ['g', 'm', 'h']) await page.keyboard.press(key);
  });

  test('two phrases are told apart by colour, and named at the ends of the scale', async () => {
    const { page } = window;
    await page.keyboard.press('/');
    await page.keyboard.press('Tab');
    await page.keyboard.type('lymphocytes');
    await page.keyboard.press('Enter');
    const legend = viewer().getByRole('region', { name: 'Heat overlay' });
    await legend.getByText('“lymphocytes”').waitFor();
    await legend.getByText('“tumour cells”').waitFor();
    await page.keyboard.press('Escape');
    const colours = await stage('drawn.tif')
      .locator('canvas.over')
      .evaluate((element) => {
        const drawn = element as HTMLCanvasElement;
        const context = drawn.getContext('2d') as CanvasRenderingContext2D;
        const { data } = context.getImageData(0, 0, drawn.width, drawn.height);
        let [warm, cold] = [0, 0];
        for (let at = 0; at < data.length; at += 4) {
          if ((data[at + 3] ?? 0) < 100) continue;
          const warmth = (data[at] ?? 0) - (data[at + 2] ?? 0);
          if (warmth > 60) warm++;
          else if (warmth < -60) cold++;
        }
        return { warm, cold };
      });
    expect(colours.warm).toBeGreaterThan(500);
    expect(colours.cold).toBeGreaterThan(500);
    await look(window, 'slide-difference');
  });

  test('sides are swapped, and one level back leaves one slide', async () => {
    const { page } = window;
    expect(await viewer().getAttribute('aria-label')).toBe('Slide viewer: drawn.tif and spoilt.tif');
    await page.keyboard.press('x');
    await page.getByRole('region', { name: 'Slide viewer: spoilt.tif and drawn.tif' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await zoomOf('spoilt.tif')) === (await zoomOf('drawn.tif'))).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => viewer().getByRole('application').count()).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => viewer().count()).toBe(0);
    expect(window.complaints).toEqual([]);
  });
});
