import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Archive } from '../store/archive.ts';
import { scanFolder } from './scan.ts';

export interface Preview {
  readonly files: number;
  readonly bytes: number;
  /** Files that an import would leave early: same place, size and time as when they were read. */
  readonly known: number;
  readonly kinds: { readonly kind: string; readonly files: number }[];
}

const pictures: ReadonlySet<string> = new Set([
  '.jpg',
  '.jpeg',
  '.png',
  '.tif',
  '.tiff',
  '.webp',
  '.gif',
  '.jp2',
]);
const slides: ReadonlySet<string> = new Set(['.svs', '.ndpi', '.mrxs', '.scn', '.bif', '.vms', '.vsi']);

/**
 * What an import of these folders would meet, by names, sizes and the DICOM preamble alone: quick, and a guess where
 * names mislead. The import itself goes by content.
 *
 * @param archive - what is known already; null before there is an archive.
 * @throws ArchiveError `source.missing`
 */
export async function previewFolders(
  archive: Archive | null,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<Preview> {
  const kinds = new Map<string, number>();
  let files = 0;
  let bytes = 0;
  let known = 0;
  for (const folder of folders) {
    const sourceId = archive?.sources.find(folder) ?? null;
    for await (const entry of scanFolder(folder, signal)) {
      signal.throwIfAborted();
      files += 1;
      if (entry.is !== 'file') continue;
      bytes += entry.sizeBytes;
      const row = sourceId === null ? undefined : archive?.sources.file(sourceId, entry.path);
      if (row?.itemId && row.sizeBytes === entry.sizeBytes && row.mtimeMs === entry.mtimeMs) known += 1;
      const kind = await kindOf(entry.absolute);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  }
  const counted = [...kinds].map(([kind, count]) => ({ kind, files: count }));
  // What is no picture comes last, however much of it there is.
  const isOther = ({ kind }: { readonly kind: string }) => Number(kind === OTHER);
  return { files, bytes, known, kinds: counted.sort((a, b) => isOther(a) - isOther(b) || b.files - a.files) };
}

const OTHER = 'Other files';

async function kindOf(path: string): Promise<string> {
  const extension = extname(path).toLowerCase();
  if (pictures.has(extension)) return 'Pictures';
  if (slides.has(extension)) return 'Slides';
  if (extension === '.dcm' || extension === '.dicom' || (await hasPreamble(path))) return 'DICOM';
  return OTHER;
}

/** `DICM` after 128 bytes (PS3.10 7.1). */
async function hasPreamble(path: string): Promise<boolean> {
  const file = await open(path).catch(() => null);
  if (!file) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 128);
    return bytesRead === 4 && buffer.toString('latin1') === 'DICM';
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
