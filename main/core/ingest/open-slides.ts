import { stat } from 'node:fs/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { openSlide } from '../imaging/slide/open-slide.ts';
import type { Slide } from '../imaging/slide/slide.ts';

/** What the work of a decoder thread on slides may leave open: opening one reads headers, so it is kept a while. */
const MOST_OPEN = 3;

const open = new Map<string, Slide>();

/** The slide of a path, opened when it is not open. One task at a time runs in a thread, so none is closed in use. */
export async function slideAt(path: string): Promise<Slide> {
  const status = await stat(path).catch(() => {
    throw new ArchiveError('file.missing');
  });
  const key = `${path}\0${status.size}\0${status.mtimeMs}`;
  const known = open.get(key);
  if (known) {
    open.delete(key);
    open.set(key, known);
    return known;
  }
  for (const [oldest, slide] of open) {
    if (open.size < MOST_OPEN) break;
    open.delete(oldest);
    await slide.close();
  }
  const slide = await openSlide(path);
  open.set(key, slide);
  return slide;
}
