import type { abbreviationMethods } from '../../../preload/contract/abbreviations.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function abbreviationHandlers(program: Program): HandlersOf<typeof abbreviationMethods> {
  const abbreviations = () => program.session().search.abbreviations;
  return {
    'abbreviations.list': ({ revision }) => abbreviations().list(revision),
    'abbreviations.set': (request) => abbreviations().set(request.abbreviations),
    'abbreviations.remove': ({ short }) => abbreviations().remove(short),
    'abbreviations.restore': ({ short }) => abbreviations().restore(short),
    'abbreviations.export': () => abbreviations().exported(),
    'abbreviations.import': ({ text }) => abbreviations().importTable(text),
  };
}
