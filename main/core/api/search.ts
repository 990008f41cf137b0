import type { searchMethods } from '../../../preload/contract/search.ts';
import { holdImage } from '../session/hold-image.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function searchHandlers(program: Program): HandlersOf<typeof searchMethods> {
  return {
    'query.image': ({ bytes, name }, signal) => holdImage(program.session(), bytes, name, signal),
    'search.run': (request, signal) => program.session().search.run(request, signal),
  };
}
