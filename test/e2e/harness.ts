import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';

import { createCore, type Core } from '../../main/core/core.ts';
import { serveLoopback } from '../../main/hosts/loopback.ts';
import { launchChromium } from '../support/chromium.ts';
import { root } from '../support/tool.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const demo = join(root, 'main/core/ingest/demo');

const JOB_LIMIT_MS = 60_000;
/** Below Vitest's own limit, so that a failure names what was waited for. */
const STEP_LIMIT_MS = 20_000;

export type Theme = 'dark' | 'light';

/** The program as a user has it: the real core behind the loopback door, the built renderer in Chromium. */
export interface Window {
  readonly page: Page;
  readonly core: Core;
  /** The user's home: what the folder picker shows first. Removed with the window. */
  readonly home: string;
  /** What went wrong without anyone asking: console errors, page errors, requests to elsewhere, defects. */
  readonly complaints: string[];
  theme(theme: Theme): Promise<void>;
  /** Into the folder `VITRINE_SHOTS`, for people to look at; nothing without it. */
  shot(name: string): Promise<void>;
  /** Accessibility rules of WCAG 2.2 AA that the screen breaks, with the elements. */
  accessibility(): Promise<string[]>;
  /** Waits until no job runs. */
  settled(): Promise<void>;
  /** The program ends; the page stays. */
  leave(): Promise<void>;
  /** It is started again on the same port, with a new key; its address. */
  comeBack(): Promise<string>;
  close(): Promise<void>;
}

export interface WindowOptions {
  /** With the demo archive open and filled; left out, with none. */
  readonly demo?: boolean;
  /** Where the program's model bundles lie; left out, the starter's. */
  readonly shippedModels?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Opens a window on a data folder of its own. */
export async function openWindow(options: WindowOptions = {}): Promise<Window> {
  const home = mkdtempSync(join(tmpdir(), 'vitrine-e2e-'));
  const homeBefore = process.env['HOME'];
  process.env['HOME'] = home;
  const complaints: string[] = [];
  const data = join(home, 'data');
  const core = createCore({
    version: '0.0.0-test',
    data,
    shippedModels: options.shippedModels ?? join(root, 'models'),
    importedModels: join(data, 'models'),
    demoPictures: demo,
    device: 'cpu',
    logFile: join(data, 'log.jsonl'),
  });
  const door = {
    core,
    rendererFolder: join(root, 'dist/renderer'),
    logDefect: (where: string, thrown: unknown) => complaints.push(`defect in ${where}: ${String(thrown)}`),
  };
  let server = await serveLoopback(door);
  const browser = await launchChromium();
  const page = await openPage(browser, server.url, complaints, options.viewport);

  const window: Window = {
    page,
    core,
    home,
    complaints,
    async theme(theme) {
      await page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme);
    },
    async shot(name) {
      const folder = process.env['VITRINE_SHOTS'];
      if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
    },
    accessibility: () => brokenRules(page),
    async settled() {
      const until = Date.now() + JOB_LIMIT_MS;
      while ((await runningJobs(core)) > 0) {
        if (Date.now() > until) throw new Error('a job did not end');
        await sleep(100);
      }
    },
    async leave() {
      await server.close();
    },
    async comeBack() {
      server = await serveLoopback({ ...door, port: server.port });
      return server.url;
    },
    async close() {
      await browser.close();
      await server.close();
      await core.close();
      if (homeBefore === undefined) delete process.env['HOME'];
      else process.env['HOME'] = homeBefore;
      rmSync(home, { recursive: true, force: true });
    },
  };
  if (options.demo) {
    await core.openDemo();
    await window.settled();
  }
  await page.goto(server.url);
  return window;
}

async function openPage(
  browser: Browser,
  url: string,
  complaints: string[],
  viewport = { width: 1440, height: 900 },
): Promise<Page> {
  const page = await browser.newPage({ viewport, reducedMotion: 'reduce' });
  page.setDefaultTimeout(STEP_LIMIT_MS);
  // A refusal that nobody took has its reason in its details, which the page's own error does not show.
  await page.addInitScript(() => {
    addEventListener('unhandledrejection', ({ reason }) => {
      if (reason && 'details' in reason) console.error('unhandled', JSON.stringify(reason.details));
    });
  });
  page.on(
    'console',
    (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`),
  );
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  const { host } = new URL(url);
  page.on('request', (request) => {
    const to = new URL(request.url());
    if (!['data:', 'blob:'].includes(to.protocol) && to.host !== host)
      complaints.push(`request to ${to.href}`);
  });
  return page;
}

async function runningJobs(core: Core): Promise<number> {
  const { jobs } = await core.handlers['job.list']({}, new AbortController().signal);
  return jobs.filter(({ state }) => state === 'running' || state === 'stopping').length;
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

async function brokenRules(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const { violations } = await page.evaluate<AxeResult, string[]>(
    (values) =>
      (window as unknown as { axe: { run: (options: object) => Promise<AxeResult> } }).axe.run({
        runOnly: { type: 'tag', values },
      }),
    tags,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

/** A folder of pictures as a user might have it: the demo's, and three files that are not what they say. */
export function pictureFolder(home: string): string {
  const folder = join(home, 'Pictures');
  mkdirSync(folder);
  cpSync(demo, folder, { recursive: true });
  writeFileSync(join(folder, 'broken.jpg'), 'this is no picture');
  writeFileSync(join(folder, 'empty.png'), '');
  const whole = readFileSync(join(demo, 'ct-head-normal-01.dcm'));
  writeFileSync(join(folder, 'half.dcm'), whole.subarray(0, whole.length / 2));
  return folder;
}

/** Bytes of a demo picture, to be pasted or dropped. */
export const demoPicture = (name: string): Buffer => readFileSync(join(demo, name));

/** Pastes a picture into the window, as Ctrl+V does with one on the clipboard. */
export async function pastePicture(page: Page, bytes: Buffer, name: string, type: string): Promise<void> {
  await page.evaluate(
    ([base64, fileName, mime]) => {
      const data = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([data], fileName, { type: mime }));
      document.activeElement?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }),
      );
    },
    [bytes.toString('base64'), name, type] as const,
  );
}
