import { readFileSync } from 'node:fs';
import { ArchiveError } from '../../../preload/contract/faults.ts';

/** @throws ArchiveError `file.unreadable`. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ArchiveError('file.unreadable', { path }, { cause });
  }
}
