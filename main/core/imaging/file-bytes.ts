import { open } from 'node:fs/promises';

import { ArchiveError } from '../../../preload/contract/faults.ts';
import { fileFault } from '../../../preload/contract/file-fault.ts';

/** A file opened read-only, read by range. Positions and lengths are in bytes. */
export interface FileBytes {
  readonly size: number;
  /** At most `length` bytes from `position`; fewer at the end of the file. */
  read(position: number, length: number): Promise<Buffer>;
}

/** Bytes in memory, read like a file. */
export const bytesOf = (bytes: Buffer): FileBytes => ({
  size: bytes.length,
  read: (position, length) => Promise.resolve(bytes.subarray(position, position + length)),
});

/** A file that stays open until it is closed. */
export interface OpenBytes extends FileBytes {
  close(): Promise<void>;
}

/** @throws ArchiveError `file.missing`, `file.unreadable`. */
export async function openBytes(path: string): Promise<OpenBytes> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw fileFault(error);
  });
  const status = await handle.stat();
  if (!status.isFile()) {
    await handle.close();
    throw new ArchiveError('file.unreadable');
  }
  const { size } = status;
  return {
    size,
    async read(position, length) {
      const wanted = Math.max(0, Math.min(length, size - position));
      const bytes = Buffer.allocUnsafe(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await handle
          .read(bytes, filled, wanted - filled, position + filled)
          .catch((error: unknown) => {
            throw new ArchiveError('file.unreadable', {}, { cause: error });
          });
        // The file became shorter while it was read.
        if (bytesRead === 0) throw new ArchiveError('file.changed');
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

/**
 * Opens a file, lends it to `use`, and closes it whatever happens.
 *
 * @throws ArchiveError `file.missing`, `file.unreadable`.
 */
export async function withFile<T>(path: string, use: (file: FileBytes) => Promise<T>): Promise<T> {
  const file = await openBytes(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/**
 * A whole file, or null where it is larger than `limit` bytes.
 *
 * @throws ArchiveError `file.missing`, `file.unreadable`, `file.empty`, `file.changed`.
 */
export function readWhole(path: string, limit: number): Promise<Buffer | null> {
  return withFile(path, async (file) => {
    if (file.size === 0) throw new ArchiveError('file.empty');
    return file.size > limit ? null : await file.read(0, file.size);
  });
}
