import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';

/** `frame`: values of a DICOM frame, for a viewer that windows by itself. */
export type MediaKind = 'thumb' | 'full' | 'view' | 'frame';
export type MediaExtension = 'webp' | 'png' | 'bin';

/** The name of a derived file: its kind and the hash of its own bytes, so it may be cached for ever. */
export function mediaName(kind: MediaKind, bytes: Uint8Array, extension: MediaExtension): string {
  const hash = createHash('sha256').update(bytes).digest('hex');
  return `${kind}/${hash.slice(0, 2)}/${hash}.${extension}`;
}

const pattern = /^(thumb|full|view|frame)\/[0-9a-f]{2}\/[0-9a-f]{64}\.(webp|png|bin)$/;

/** Derived files below `media/` of an archive. All of them can be deleted and are made again. */
export function mediaFolder(root: string) {
  return {
    /** Absolute path of a derived file, or null when the name is none of ours or the file is not there. */
    async find(name: string): Promise<string | null> {
      if (!pattern.test(name)) return null;
      const path = join(root, name);
      return (await stat(path).catch(() => null)) ? path : null;
    },

    /** Drops a derived file that was written for the moment. */
    remove: (name: string): Promise<void> =>
      pattern.test(name) ? rm(join(root, name), { force: true }) : Promise.resolve(),

    /** Drops all files of a kind. */
    clear: (kind: MediaKind): Promise<void> => rm(join(root, kind), { recursive: true, force: true }),

    /**
     * Writes to a temporary name, flushes, renames; returns the media name. The same bytes are written once.
     *
     * @throws ArchiveError `archive.unwritable` when the disk is full or the folder cannot be written.
     */
    async write(kind: MediaKind, bytes: Uint8Array, extension: MediaExtension): Promise<string> {
      const name = mediaName(kind, bytes, extension);
      const path = join(root, name);
      if (await stat(path).catch(() => null)) return name;
      const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
      try {
        await mkdir(dirname(path), { recursive: true });
        const file = await open(temporary, 'wx');
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } catch (error) {
        await unlink(temporary).catch(() => undefined);
        const system = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        throw new ArchiveError('archive.unwritable', { system }, { cause: error });
      }
      return name;
    },
  };
}
export type MediaFolder = ReturnType<typeof mediaFolder>;
