import { open } from 'node:fs/promises';

import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { FileBytes } from '../file-bytes.ts';

/** A file that stays open for as long as its slide does; read-only, by range. */
export interface OpenBytes extends FileBytes {
  close(): Promise<void>;
}

/** @throws ArchiveError `file.missing`, `file.unreadable`. */
export async function openBytes(path: string): Promise<OpenBytes> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new ArchiveError(
      error.code === 'ENOENT' ? 'file.missing' : 'file.unreadable',
      {},
      { cause: error },
    );
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
        if (bytesRead === 0) throw new ArchiveError('file.changed');
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}
