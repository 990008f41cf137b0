import { open, readdir, stat } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { formatOf } from './vocabulary-file.ts';

type Found = Output<'vocabulary.files'>;

/** A release of SNOMED CT has some hundred files in five levels of folders. */
const MOST_ENTRIES = 5_000;
const DEEPEST = 8;
const MOST_FOUND = 100;
const HEAD_BYTES = 4_096;
const endings = new Set(['.txt', '.csv', '.tsv']);

/**
 * Files of a folder and below it that can be read as a vocabulary, by the first line of each.
 *
 * @throws ArchiveError `source.missing` for a folder that is not there.
 */
export async function vocabularyFiles(folder: string, signal: AbortSignal): Promise<Found> {
  if (!(await stat(folder).catch(() => null))?.isDirectory())
    throw new ArchiveError('source.missing', { path: folder });
  const files: Found['files'] = [];
  let seen = 0;
  let open: readonly string[] = [folder];
  for (let depth = 0; depth < DEEPEST && open.length > 0; depth += 1) {
    const next: string[] = [];
    for (const place of open) {
      // A folder that may not be read holds nothing for this reader.
      for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) {
        signal.throwIfAborted();
        seen += 1;
        if (seen > MOST_ENTRIES || files.length === MOST_FOUND) return { files, more: true };
        const path = join(place, entry.name);
        if (entry.isDirectory()) next.push(path);
        else if (entry.isFile() && endings.has(extname(entry.name).toLowerCase())) {
          const found = await lookAt(path);
          if (found) files.push({ ...found, path, name: relative(folder, path) });
        }
      }
    }
    open = next;
  }
  return { files, more: open.length > 0 };
}

async function lookAt(
  path: string,
): Promise<Pick<Found['files'][number], 'bytes' | 'format' | 'namesSystem'> | null> {
  const file = await open(path).catch(() => null);
  if (!file) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const { columns, rf2 } = formatOf(buffer.toString('utf8', 0, bytesRead));
    const { size } = await file.stat();
    if (rf2) return { bytes: size, format: 'rf2', namesSystem: true };
    if (!columns.includes('code') || !columns.includes('display')) return null;
    return { bytes: size, format: 'table', namesSystem: columns.includes('system') };
  } finally {
    await file.close();
  }
}
