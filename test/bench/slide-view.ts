import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Request } from 'playwright-core';

import { createCore } from '../../main/core/core.ts';
import { serveLoopback } from '../../main/hosts/loopback.ts';
import { launchChromium } from '../support/chromium.ts';
import { root } from '../support/tool.ts';

/** The view counts as whole when no tile came for this long. */
const QUIET_MS = 700;
const LONGEST_MS = 15_000;

/**
 * The first view of slides that were imported before the program was started: from the double click to the first of
 * its pixels on the screen, and to its last tile, in a window of 1,440 × 900 px. Nothing of it is in any cache.
 *
 * @param slides - files; each is opened in a program of its own.
 * @returns null for what did not come within 15 s. On a busy machine single runs differ by a factor of three: compare
 *   two programs only in turns.
 */
export async function firstViews(scratch: string, slides: readonly string[]) {
  const views = [];
  for (const slide of slides) views.push(await firstView(scratch, slide));
  return views;
}

async function firstView(scratch: string, slide: string) {
  const name = basename(slide);
  const folder = join(scratch, `view-${name}`);
  mkdirSync(join(folder, 'source'), { recursive: true });
  copyFileSync(slide, join(folder, 'source', name));
  const archive = join(folder, 'View.vitrine');
  const before = program(folder);
  await before.openOrCreate(archive);
  const { signal } = new AbortController();
  await before.handlers['import.start']({ folders: [join(folder, 'source')] } as never, signal);
  for (let running = true; running; await sleep(100)) {
    const { jobs } = await before.handlers['job.list']({} as never, signal);
    running = jobs.some((job) => job.endedAt === null);
  }
  await before.close();

  const core = program(folder);
  await core.openOrCreate(archive);
  const server = await serveLoopback({
    core,
    rendererFolder: join(root, 'dist/renderer'),
    logDefect: (where, thrown) => console.error(where, thrown),
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(server.url);
    const option = page.getByRole('option', { name });
    await option.waitFor();
    // The program is up and idle, as it is when somebody has looked for the slide in the grid.
    await sleep(1500);
    await page.evaluate(watch);
    let underWay = 0;
    page.on('request', (request) => (underWay += request.url().includes('/tile/') ? 1 : 0));
    const ended = (request: Request) => (underWay -= request.url().includes('/tile/') ? 1 : 0);
    page.on('requestfinished', ended);
    page.on('requestfailed', ended);
    await option.dblclick();
    const until = performance.now() + LONGEST_MS;
    for (;;) {
      await sleep(100);
      const { openedAt, firstAt, lastAt, now, tiles } = await page.evaluate(read);
      const isQuiet = underWay === 0 && firstAt > 0 && tiles > 0 && now - lastAt > QUIET_MS;
      const shots = process.env['VITRINE_SHOTS'];
      if (isQuiet && shots) await page.screenshot({ path: join(shots, `view-${name}.png`) });
      if (isQuiet || performance.now() > until)
        return {
          file: name,
          firstMs: firstAt > 0 ? firstAt - openedAt : null,
          wholeMs: isQuiet ? lastAt - openedAt : null,
          tiles,
        };
    }
  } finally {
    await browser.close();
    await server.close();
    await core.close();
  }
}

const program = (folder: string) =>
  createCore({
    version: '0.0.0-bench',
    data: join(folder, 'data'),
    shippedModels: join(root, 'models'),
    importedModels: join(folder, 'data/models'),
    demoPictures: join(root, 'main/core/ingest/demo'),
    device: 'cpu',
    logFile: join(folder, 'log.jsonl'),
  });

interface Watched {
  openedAt: number;
  firstAt: number;
}

/** In the page: the moment of the double click, and the first frame in which the slide's canvas has a pixel. */
function watch(): void {
  const watched: Watched = { openedAt: 0, firstAt: 0 };
  (globalThis as { slideWatched?: Watched }).slideWatched = watched;
  performance.setResourceTimingBufferSize(5000);
  addEventListener('dblclick', () => (watched.openedAt = performance.now()), { capture: true });
  const look = () => {
    const canvas = document.querySelector<HTMLCanvasElement>('.openseadragon-canvas canvas');
    const context = canvas && canvas.width > 0 ? canvas.getContext('2d') : null;
    if (canvas && context) {
      const { data } = context.getImageData(canvas.width / 2 - 20, canvas.height / 2 - 20, 40, 40);
      if (data.some((value) => value !== 0)) watched.firstAt = performance.now();
    }
    if (watched.firstAt === 0) requestAnimationFrame(look);
  };
  look();
}

function read() {
  const watched = (globalThis as { slideWatched?: Watched }).slideWatched ?? { openedAt: 0, firstAt: 0 };
  const ends = performance
    .getEntriesByType('resource')
    .filter(({ name, startTime }) => name.includes('/tile/') && startTime > watched.openedAt)
    .map((entry) => (entry as PerformanceResourceTiming).responseEnd);
  return { ...watched, lastAt: Math.max(0, ...ends), tiles: ends.length, now: performance.now() };
}
