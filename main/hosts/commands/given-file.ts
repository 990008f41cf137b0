import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { fileFault } from '../../../preload/contract/file-fault.ts';

/** Largest file that a command reads whole: a table of millions of rows, a picture before it is decoded. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * A file that the user named on the command line, also a pipe.
 *
 * @throws ArchiveError `file.missing` where nothing is there, `file.unreadable`, `request.too-large` before a byte of a
 *   larger file is read.
 */
export function readGiven(path: string, mostBytes = MOST_BYTES): Buffer<ArrayBuffer> {
  const file = attempt(path, () => openSync(path, 'r'));
  try {
    // A pipe has no size until it was read.
    refuseLarger(path, attempt(path, () => fstatSync(file)).size, mostBytes);
    const bytes = attempt(path, () => readFileSync(file));
    refuseLarger(path, bytes.length, mostBytes);
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

function refuseLarger(path: string, sizeBytes: number, mostBytes: number): void {
  if (sizeBytes > mostBytes) throw new ArchiveError('request.too-large', { path, sizeBytes, mostBytes });
}
