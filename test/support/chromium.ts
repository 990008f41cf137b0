import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser of the machine: `CHROME`, else the first of the usual names on the path; undefined without one. */
export function findChromium(): string | undefined {
  const given = process.env['CHROME'];
  if (given) return given;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** Starts the browser of the machine without a window. `npm test` has made sure that there is one. */
export async function launchChromium(...extra: string[]): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error('No Chromium: set CHROME to its path, or run `npm test`, which installs it.');
  return chromium.launch({
    executablePath,
    // As root there is no sandbox to be had; the pages are our own.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      ...extra,
    ],
  });
}
