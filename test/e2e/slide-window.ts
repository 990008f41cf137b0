import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { makeSlide } from '../support/generated-slide.ts';
import { openWindow, type Window, type WindowOptions } from './harness.ts';

/** Of `drawn.tif`, in pixels of level 0. */
export const drawn = { width: 6000, height: 4800 } as const;

type Drawn = Awaited<ReturnType<typeof makeSlide>>;

/**
 * Opens a window on an archive of slides, each read by the starter model: `drawn.tif`, and those that `others` writes
 * into the folder it is given.
 *
 * @returns the window, and what was drawn where on `drawn.tif`.
 */
export async function openWindowOnSlides(
  others: (folder: string) => Promise<unknown> = async () => undefined,
  options: WindowOptions = {},
): Promise<{ readonly window: Window; readonly truth: Drawn }> {
  const window = await openWindow(options);
  const source = join(window.home, 'slides');
  mkdirSync(source);
  const truth = await makeSlide(join(source, 'drawn.tif'), drawn.width, drawn.height);
  await others(source);
  await window.core.openOrCreate(join(window.home, 'Slides.vitrine'));
  await window.core.handlers['import.start']({ folders: [source] } as never, new AbortController().signal);
  await window.settled();
  await window.page.reload();
  await window.page.getByRole('option', { name: /drawn\.tif/ }).waitFor();
  return { window, truth };
}
