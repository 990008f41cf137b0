import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * Exact vectors in a file, one slot per region id: reading one takes a tenth of the time that it takes out of a database.
 *
 * A slot counts only when its CRC-32 is the one that the caller knows, so that the file may be old, damaged, of something
 * else or absent: then there is nothing in it. What cannot be written is left out for good, without a word.
 *
 * @param isWritten - false for a process that only uses what is there.
 */
export function floatFile(path: string, dimensions: number, isWritten: boolean) {
  const size = 4 * dimensions;
  const slot = new Uint8Array(size);
  let file: number | null | undefined;

  function open(): number | null {
    try {
      if (!isWritten) return openSync(path, 'r');
      mkdirSync(dirname(path), { recursive: true });
      // Neither emptied, nor appended to wherever it is written.
      return openExisting(path) ?? openSync(path, 'w+');
    } catch {
      return null;
    }
  }

  function close(): void {
    if (typeof file === 'number') closeSync(file);
    file = null;
  }

  return {
    /**
     * @param sum - CRC-32 of the vector; 0 where it is not known.
     * @returns the vector, until the next one is read; undefined where the slot has another one or none.
     */
    read(regionId: number, sum: number): Uint8Array | undefined {
      if (sum === 0) return undefined;
      file = file === undefined ? open() : file;
      if (file === null) return undefined;
      try {
        if (readSync(file, slot, 0, size, regionId * size) !== size) return undefined;
      } catch {
        return undefined;
      }
      return crc32(slot) === sum ? slot : undefined;
    },
    /** @param vectors - of this region and those that follow, one after the other. */
    write(regionId: number, vectors: Uint8Array): void {
      if (!isWritten) return;
      file = file === undefined ? open() : file;
      if (file === null) return;
      try {
        writeSync(file, vectors, 0, vectors.length, regionId * size);
      } catch {
        close();
      }
    },
    close,
  };
}
export type FloatFile = ReturnType<typeof floatFile>;

function openExisting(path: string): number | null {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
