import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { requireParts } from '../imaging/slide/slide-parts.ts';
import type { Archive } from '../store/archive.ts';

/**
 * Absolute path of a file that has the item's content, unchanged since it was read. Of a slide in several files any opens
 * all of it.
 *
 * @throws ArchiveError `file.missing`, `file.changed`, `slide.incomplete`.
 */
export async function unchangedFile({ sources }: Pick<Archive, 'sources'>, itemId: number): Promise<string> {
  let refusal: ArchiveError | null = null;
  for (const file of sources.filesOf(itemId)) {
    const path = join(file.source, file.path);
    const found = await stat(path).catch(() => null);
    if (!found) continue;
    const isSame = found.size === file.sizeBytes && found.mtimeMs === file.mtimeMs;
    refusal = isSame ? await partsRefusal(path) : new ArchiveError('file.changed', { itemId });
    if (!refusal) return path;
  }
  throw refusal ?? new ArchiveError('file.missing', { itemId });
}

/** Why a file that is as it was cannot be read all the same. */
const partsRefusal = (path: string): Promise<ArchiveError | null> =>
  requireParts(path).then(
    () => null,
    (error: unknown) => {
      if (error instanceof ArchiveError) return error;
      throw error;
    },
  );
