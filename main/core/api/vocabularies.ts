import { resolve } from 'node:path';
import { JobId } from '../../../preload/contract/ids.ts';
import type { vocabularyMethods } from '../../../preload/contract/vocabularies.ts';
import { vocabularyFiles } from '../label/vocabulary-candidates.ts';
import { startVocabularyImport } from '../session/vocabulary-jobs.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function vocabularyHandlers(program: Program): HandlersOf<typeof vocabularyMethods> {
  const vocabularies = () => program.session().vocabularies;
  return {
    'vocabulary.import': (request, signal) => vocabularies().importFile(request, signal),
    'vocabulary.start': async (request) => ({
      jobId: JobId.parse(await startVocabularyImport(program.session(), request)),
    }),
    'vocabulary.files': ({ folder }, signal) => vocabularyFiles(resolve(folder), signal),
    'vocabulary.list': () => vocabularies().list(),
    'vocabulary.remove': async (request) => {
      const removed = await vocabularies().remove(request);
      program.changed(); // There is a step to take back.
      return removed;
    },
    'vocabulary.find': (request) => vocabularies().find(request),
  };
}
