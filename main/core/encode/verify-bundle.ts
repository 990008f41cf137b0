import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { BundleManifest, type BundleFile } from './bundle.ts';
import { hashFile } from './hash-file.ts';

/**
 * Reads `bundle.json` of a bundle's folder.
 *
 * @throws ArchiveError `model.missing` when there is none, `model.invalid` when it is not understood.
 */
export async function readManifest(folder: string): Promise<BundleManifest> {
  const model = basename(folder);
  let text: string;
  try {
    text = await readFile(join(folder, 'bundle.json'), 'utf8');
  } catch (cause) {
    throw new ArchiveError('model.missing', { model, file: 'bundle.json' }, { cause });
  }
  try {
    return BundleManifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new ArchiveError('model.invalid', { model, file: 'bundle.json' }, { cause });
  }
}

/** Every file of a bundle but the manifest itself, once each: precisions may share graphs. */
export function bundleFiles({ precisions, tokenizer, learnedWords }: BundleManifest): BundleFile[] {
  const graphs = Object.values(precisions).flatMap(({ image, text, data }) => [image, text, ...data]);
  const files = [...graphs, ...tokenizer.files, ...(learnedWords ? [learnedWords] : [])];
  return [...new Map(files.map((file) => [file.file, file])).values()];
}

/**
 * Compares every file of a bundle with the size and SHA-256 in its manifest.
 *
 * @param folder - the bundle's folder.
 * @returns the manifest and how many files were compared.
 * @throws ArchiveError `model.missing`, `model.invalid`; `model.altered` naming the first file that differs or is
 *   not there; `request.cancelled`.
 */
export async function verifyBundle(
  folder: string,
  signal?: AbortSignal,
): Promise<{ readonly manifest: BundleManifest; readonly files: number }> {
  const manifest = await readManifest(folder);
  const files = bundleFiles(manifest);
  for (const expected of files) {
    const altered = (reason: string, cause?: unknown) =>
      new ArchiveError('model.altered', { model: manifest.id, file: expected.file, reason }, { cause });
    const path = join(folder, expected.file);
    try {
      // The size first: a file that was cut off need not be read.
      if ((await stat(path)).size !== expected.sizeBytes) throw altered('another size');
      if ((await hashFile(path, signal)).sha256 !== expected.sha256) throw altered('another checksum');
    } catch (cause) {
      if (signal?.aborted) throw new ArchiveError('request.cancelled');
      throw cause instanceof ArchiveError ? cause : altered('not readable', cause);
    }
  }
  return { manifest, files: files.length };
}
