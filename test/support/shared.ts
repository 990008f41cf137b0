import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Test data and expected numbers that are too large or too strictly licensed to live in the repository. */
const root = resolve(process.env['VITRINE_SHARED'] ?? join(import.meta.dirname, '../../../shared'));

/** False on a machine without the shared data: tests that need it skip and say so. */
export const hasShared = existsSync(join(root, 'reference'));

export function shared(...parts: string[]): string {
  return join(root, ...parts);
}
