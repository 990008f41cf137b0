import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { ArchiveError } from '../../../../preload/contract/faults.ts';

/** A file read by ranges, so that a checkpoint of any size costs only the tensor at hand. */
export interface ByteSource {
  /** Base name, for fault details. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Bytes [start, start + length). @throws ArchiveError `checkpoint.broken` past the end of the file. */
  read(start: number, length: number): Uint8Array;
  close(): void;
}

/**
 * Opens a checkpoint file for reading. Reads are synchronous: they happen in the converter's worker thread.
 *
 * @throws ArchiveError `checkpoint.missing` when it cannot be opened.
 */
export function openByteSource(path: string): ByteSource {
  const name = basename(path);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw new ArchiveError('checkpoint.missing', { file: name }, { cause });
  }
  const sizeBytes = fstatSync(file).size;

  function read(start: number, length: number): Uint8Array {
    if (start < 0 || length < 0 || start + length > sizeBytes) {
      throw new ArchiveError('checkpoint.broken', { file: name, reason: 'ends early' });
    }
    // An ArrayBuffer of its own, never a slice of a pool: typed arrays of any width may be laid over it.
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const count = readSync(file, bytes, done, length - done, start + done);
      if (count === 0) throw new ArchiveError('checkpoint.broken', { file: name, reason: 'ends early' });
      done += count;
    }
    return bytes;
  }

  return { name, sizeBytes, read, close: () => closeSync(file) };
}

/** A file that is in memory already. */
export function bytesInMemory(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    sizeBytes: bytes.length,
    read(start, length) {
      if (start < 0 || length < 0 || start + length > bytes.length)
        throw new ArchiveError('checkpoint.broken', { file: name, reason: 'ends early' });
      // A copy, as above; `slice` of a Buffer would be none.
      return new Uint8Array(bytes.subarray(start, start + length));
    },
    close: () => undefined,
  };
}
