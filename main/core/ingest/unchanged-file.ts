import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Archive } from '../store/archive.ts';

/**
 * Absolute path of a file that has the item's content, unchanged since it was read. Of a slide in several files any opens
 * all of it.
 *
 * @throws ArchiveError `file.missing`, `file.changed`.
 */
export async function unchangedFile({ sources }: Pick<Archive, 'sources'>, itemId: number): Promise<string> {
  let changed = false;
  for (const file of sources.filesOf(itemId)) {
    const path = join(file.source, file.path);
    const found = await stat(path).catch(() => null);
    if (!found) continue;
    if (found.size === file.sizeBytes && found.mtimeMs === file.mtimeMs) return path;
    changed = true;
  }
  throw new ArchiveError(changed ? 'file.changed' : 'file.missing', { itemId });
}
