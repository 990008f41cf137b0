import { extname } from 'node:path';

import { requireMiraxFolder } from './mirax-folder.ts';
import { etsFiles } from './olympus/vsi-files.ts';

/**
 * Looks whether what a file needs beside it is there: by its name alone, for it was opened before.
 *
 * @throws ArchiveError `slide.incomplete`.
 */
export async function requireParts(path: string): Promise<void> {
  switch (extname(path).toLowerCase()) {
    case '.vsi':
      await etsFiles(path);
      return;
    case '.mrxs':
      return await requireMiraxFolder(path);
  }
}
