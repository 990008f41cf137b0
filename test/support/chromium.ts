import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser of the machine: `CHROMIUM_PATH`, else the first of the usual names; undefined without one. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return given;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
  const paths = [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return paths.find((path) => existsSync(path));
}

/** False on a machine without a browser: tests that need one skip, and `npm test` says what to install. */
export const hasChromium = findChromium() !== undefined;

/** Starts the browser of the machine without a window. */
export async function launchChromium(...extra: string[]): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium: install one, or set CHROMIUM_PATH to its program file.');
  return chromium.launch({
    executablePath,
    // As root there is no sandbox to be had; the pages are our own.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-sync',
      '--disable-component-update',
      '--disable-background-networking',
      '--no-first-run',
      ...extra,
    ],
  });
}
