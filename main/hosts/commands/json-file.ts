import { writeFileSync } from 'node:fs';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Answer } from './context.ts';

/** What is no JSON is refused by the contract, like JSON of another shape. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A document into a file, or for standard output. @throws ArchiveError `file.unwritable` */
export function writeJson(document: unknown, path: string | undefined): Answer {
  const text = JSON.stringify(document, null, 1);
  if (path === undefined) return { json: document, text };
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new ArchiveError('file.unwritable', { path }, { cause });
  }
  return { json: { path }, text: path };
}
