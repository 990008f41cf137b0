import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

import { ArchiveError } from '../../../../preload/contract/faults.ts';

const isThere = async (path: string) => (await stat(path).catch(() => null)) !== null;

/**
 * A MIRAX slide is `NAME.mrxs`, a picture of the glass, and the folder `NAME` with all else.
 *
 * @throws ArchiveError `slide.incomplete` where the folder is not beside the file.
 */
export async function requireMiraxFolder(path: string): Promise<void> {
  const folder = join(dirname(path), basename(path, extname(path)));
  if (!(await isThere(join(folder, 'Slidedat.ini'))))
    throw new ArchiveError('slide.incomplete', { missing: 'the folder NAME of NAME.mrxs, with its pixels' });
}

/** Whether a file lies in the folder of a MIRAX slide. */
export async function isOfMirax(path: string): Promise<boolean> {
  return (await isThere(`${dirname(path)}.mrxs`)) && (await isThere(join(dirname(path), 'Slidedat.ini')));
}
