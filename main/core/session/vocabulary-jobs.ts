import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileFault } from '../../../preload/contract/file-fault.ts';
import type { Request } from '../../../preload/contract/methods.ts';
import type { Session } from './session.ts';

const BYTES_PER_KB = 1000;

/**
 * Starts the job that reads a vocabulary. What was there before stays until the new one is complete, so a job that ends
 * early changes nothing.
 *
 * @throws ArchiveError `file.missing`, `file.unreadable`.
 */
export async function startVocabularyImport(
  { jobs, vocabularies }: Session,
  request: Request<'vocabulary.start'>,
): Promise<number> {
  const path = resolve(request.path);
  const { size } = await stat(path).catch((error: unknown) => {
    throw fileFault(error, { path });
  });
  const kilobytes = (bytes: number) => Math.ceil(bytes / BYTES_PER_KB);
  return jobs.start('vocabulary-import', basename(path), request, async (control) => {
    await vocabularies.importFile(request, control.signal, {
      through: (source) => control.through(source),
      read(bytes) {
        control.stage('Read, kB', { done: kilobytes(bytes), total: kilobytes(size) });
        control.progress(kilobytes(bytes), kilobytes(size));
      },
      settled: (concepts) => control.stage('Put in order, concepts', { add: concepts }),
    });
  });
}
