import type { vocabularyMethods } from '../../../preload/contract/vocabularies.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function vocabularyHandlers(program: Program): HandlersOf<typeof vocabularyMethods> {
  const vocabularies = () => program.session().vocabularies;
  return {
    'vocabulary.import': (request, signal) => vocabularies().importFile(request, signal),
    'vocabulary.list': () => vocabularies().list(),
    'vocabulary.remove': (request) => vocabularies().remove(request),
    'vocabulary.find': (request) => vocabularies().find(request),
  };
}
