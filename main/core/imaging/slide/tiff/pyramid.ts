import type { TiffDirectory, TiffFile } from './directory.ts';
import { describePage, type TiffPage } from './page.ts';

/** Pages that are one picture at several sizes, largest first. */
export type Pyramid = readonly [TiffPage, ...TiffPage[]];

const SLACK = 0.05;
const SLACK_PX = 2;

/** Whether `page` is `base` made smaller: both axes by the same factor, within rounding. */
export function isCopyOf(base: TiffPage, page: TiffPage): boolean {
  if (page.width > base.width || page.height > base.height) return false;
  const factor = (base.width / page.width + base.height / page.height) / 2;
  const near = (side: number, full: number) =>
    Math.abs(side - full / factor) <= Math.max(SLACK_PX, (full / factor) * SLACK);
  return near(page.width, base.width) && near(page.height, base.height);
}

/**
 * The pyramid that begins with a page: pages of the main chain marked as reduced copies (NewSubfileType bit 0), as
 * OpenSlide's generic reader takes them; else the SubIFDs of the page; else unmarked pages that are half its size or
 * smaller. A picture of other proportions (label, macro) is no level.
 */
export async function pyramidOf(tiff: TiffFile, base: TiffPage, bigEndian: boolean): Promise<Pyramid> {
  const others = tiff.directories.filter((directory) => directory !== base.directory);
  const pages = await described(others, bigEndian);
  const copies = pages.filter((page) => page.tiled === base.tiled && isCopyOf(base, page));
  const marked = copies.filter((page) => page.reduced);
  const subs = (await described(await tiff.subDirectories(base.directory), bigEndian)).filter((page) =>
    isCopyOf(base, page),
  );
  const unmarked = copies.filter((page) => page.tiled && base.width / page.width >= 1.9);
  const levels = marked.length > 0 ? marked : subs.length > 0 ? subs : unmarked;
  return [base, ...levels.toSorted((a, b) => b.width - a.width)];
}

/** Pages that make sense; one that does not is no level, and no reason to refuse the others. */
export async function described(
  directories: readonly TiffDirectory[],
  bigEndian: boolean,
): Promise<TiffPage[]> {
  const pages: TiffPage[] = [];
  for (const directory of directories) {
    const page = await describePage(directory, bigEndian).catch(() => null);
    if (page) pages.push(page);
  }
  return pages;
}
