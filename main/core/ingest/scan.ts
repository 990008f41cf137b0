import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';

export type Scanned =
  | {
      readonly is: 'file';
      /** Relative to the root, with `/`. */
      readonly path: string;
      readonly absolute: string;
      readonly sizeBytes: number;
      readonly mtimeMs: number;
    }
  /** Met, but not to be read: a link, a device, a folder without permission. */
  | { readonly is: 'unreadable'; readonly path: string; readonly what: string };

/**
 * Everything below a folder, in a fixed order (by name, folders where their name stands), read as it is asked for.
 *
 * Links to files are followed, links to folders are not (they may run in circles); archives of our own
 * (`*.vitrine`) are passed over without a word. One unreadable folder does not end the scan.
 *
 * @throws ArchiveError `source.missing` when the root itself cannot be read.
 */
export async function* scanFolder(root: string, signal: AbortSignal): AsyncGenerator<Scanned> {
  const entries = await names(root);
  if (!entries) throw new ArchiveError('source.missing', { path: root });
  yield* scanNames(root, '', entries, signal);
}

async function* scanNames(
  root: string,
  folder: string,
  entries: string[],
  signal: AbortSignal,
): AsyncGenerator<Scanned> {
  for (const name of entries) {
    if (signal.aborted) return;
    const path = folder ? `${folder}/${name}` : name;
    const absolute = join(root, path);
    const own = await lstat(absolute).catch(() => null);
    if (own?.isDirectory()) {
      if (name.endsWith('.vitrine')) continue;
      const inside = await names(absolute);
      if (inside) yield* scanNames(root, path, inside, signal);
      else yield { is: 'unreadable', path, what: 'folder without permission to read' };
      continue;
    }
    const target = own?.isSymbolicLink() ? await stat(absolute).catch(() => null) : own;
    if (!target) yield { is: 'unreadable', path, what: own ? 'link to nothing' : 'vanished during the scan' };
    else if (target.isFile())
      yield { is: 'file', path, absolute, sizeBytes: target.size, mtimeMs: target.mtimeMs };
    else
      yield {
        is: 'unreadable',
        path,
        what: target.isDirectory() ? 'link to a folder' : 'not a regular file',
      };
  }
}

/** The named files of a folder, as a scan would meet them. */
export async function* scanOnly(root: string, paths: readonly string[]): AsyncGenerator<Scanned> {
  for (const path of paths) {
    const absolute = join(root, path);
    const found = await stat(absolute).catch(() => null);
    if (found?.isFile()) yield { is: 'file', path, absolute, sizeBytes: found.size, mtimeMs: found.mtimeMs };
    else yield { is: 'unreadable', path, what: 'no longer there' };
  }
}

const names = async (folder: string): Promise<string[] | null> =>
  (await readdir(folder).catch(() => null))?.sort() ?? null;

/** How many files a scan will meet; a walk without reading anything. */
export async function countFiles(root: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (const entry of (await readdir(root, { withFileTypes: true }).catch(() => null)) ?? []) {
    if (signal.aborted) return count;
    if (!entry.isDirectory()) count += 1;
    else if (!entry.name.endsWith('.vitrine')) count += await countFiles(join(root, entry.name), signal);
  }
  return count;
}
