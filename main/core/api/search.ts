import type { ItemId } from '../../../preload/contract/ids.ts';
import type { searchMethods } from '../../../preload/contract/search.ts';
import type { wordingMethods } from '../../../preload/contract/wordings.ts';
import { holdImage } from '../session/hold-image.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function searchHandlers(program: Program): HandlersOf<typeof searchMethods & typeof wordingMethods> {
  return {
    'query.image': ({ bytes, name }, signal) => holdImage(program.session(), bytes, name, signal),
    'search.run': async (request, signal) => {
      const { search, history } = program.session();
      const answer = await search.run(request, signal);
      const isFirst = request.snapshot === undefined && request.offset === 0;
      if (isFirst && request.logged) history.note(request, answer);
      return answer;
    },
    'search.ids': async ({ snapshot, above }, signal) => {
      const ids = await program.session().search.found(snapshot, above, signal);
      return { itemIds: ids as ItemId[], total: ids.length };
    },
    'search.wordings': (request, signal) => program.session().search.compareWordings(request, signal),
  };
}
