import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { MOST_FILE_BYTES } from '../../../preload/contract/bridge.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { fileFault } from '../../../preload/contract/file-fault.ts';

/**
 * A file that the user named on the command line, also a pipe.
 *
 * @throws ArchiveError `file.missing` where nothing is there, `file.unreadable`, `request.too-large` before a byte of a
 *   larger file is read.
 */
export function readGiven(path: string, limit = MOST_FILE_BYTES): Buffer<ArrayBuffer> {
  const file = attempt(path, () => openSync(path, 'r'));
  try {
    // A pipe has no size until it was read.
    refuseLarger(path, attempt(path, () => fstatSync(file)).size, limit);
    const bytes = attempt(path, () => readFileSync(file));
    refuseLarger(path, bytes.length, limit);
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** The same as UTF-8. @throws as `readGiven` */
export const readText = (path: string): string => readGiven(path).toString('utf8');

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw fileFault(cause, { path });
  }
}

function refuseLarger(path: string, size: number, limit: number): void {
  if (size > limit) throw new ArchiveError('request.too-large', { path, size, limit });
}
