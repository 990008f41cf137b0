import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { ArchiveError } from '../../../../../preload/contract/faults.ts';

/** An ETS file of a slide and the name of the folder that it lies in. */
export interface EtsPlace {
  readonly path: string;
  readonly folder: string;
}

/** More files than any slide has pictures. */
const MOST_FILES = 1000;

/**
 * The tile files of a VSI: `Name.vsi` has them in `_Name_/stack1/frame_t.ets`, one folder a picture, in the order of the
 * numbers in their names.
 *
 * @throws ArchiveError `slide.incomplete` where the folder is not beside the file, or holds none.
 */
export async function etsFiles(path: string): Promise<readonly EtsPlace[]> {
  const root = join(dirname(path), `_${stem(path)}_`);
  const inside = await readdir(root, { withFileTypes: true }).catch(() => null);
  if (!inside)
    throw new ArchiveError('slide.incomplete', { missing: 'the folder _NAME_ of NAME.vsi, with its pixels' });
  const found: EtsPlace[] = [];
  for (const entry of inside.toSorted((a, b) => byNumber(a.name, b.name))) {
    if (!entry.isDirectory()) continue;
    const names = await readdir(join(root, entry.name)).catch(() => []);
    for (const name of names.toSorted(byNumber))
      if (/\.ets$/i.test(name) && found.length < MOST_FILES)
        found.push({ path: join(root, entry.name, name), folder: entry.name });
  }
  if (found.length === 0)
    throw new ArchiveError('slide.incomplete', {
      missing: 'the .ets files in the folder _NAME_ of NAME.vsi',
    });
  return found;
}

/**
 * Every file that the content of a slide lies in, the VSI first.
 *
 * @throws ArchiveError `slide.incomplete`.
 */
export async function vsiFiles(path: string): Promise<string[]> {
  return [path, ...(await etsFiles(path)).map((place) => place.path)];
}

/** Whether the VSI that an ETS file belongs to stands where it should. */
export async function hasVsi(etsPath: string): Promise<boolean> {
  const folder = dirname(dirname(etsPath));
  const name = /^_(.+)_$/.exec(basename(folder))?.[1];
  if (name === undefined) return false;
  const names = await readdir(dirname(folder)).catch(() => []);
  const vsi = names.find((one) => /\.vsi$/i.test(one) && stem(one) === name);
  return vsi !== undefined && (await stat(join(dirname(folder), vsi)).catch(() => null)) !== null;
}

const stem = (path: string) => basename(path).replace(/\.[^.]*$/, '');

/** `frame_t` before `frame_t_1`: without what follows the name. */
const byNumber = (a: string, b: string) => stem(a).localeCompare(stem(b), 'en', { numeric: true });
