import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { ArchiveError, type FaultCode } from '../../../../preload/contract/faults.ts';

/** No configuration or tokenizer comes near; a larger file is something else. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * Reads a JSON file and checks it.
 *
 * @returns null when there is no such file.
 * @throws ArchiveError `fault`, naming the file and the first place that does not fit.
 */
export function readJson<S extends z.ZodType>(
  folder: string,
  file: string,
  schema: S,
  fault: FaultCode = 'checkpoint.config',
): z.output<S> | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(folder, file));
  } catch {
    return null;
  }
  let json: unknown;
  try {
    if (bytes.length > MAX_BYTES) throw new RangeError('too large');
    json = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new ArchiveError(fault, { file, reason: 'not JSON' }, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ArchiveError(fault, { file, at: issue?.path.join('.') ?? '', reason: issue?.message ?? '' });
}
