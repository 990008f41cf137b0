import type { judgingMethods } from '../../../preload/contract/judgings.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function judgingHandlers(program: Program): HandlersOf<typeof judgingMethods> {
  const judgings = () => program.session().judgings;
  return {
    'judging.start': (request, signal) => judgings().start(request, signal),
    'judging.get': ({ judgingId }) => judgings().get(judgingId),
    'judging.list': () => ({ judgings: judgings().list() }),
    'judging.ofQuery': async (request) => ({ judging: await judgings().ofQuery(request) }),
    'judging.judge': (request) => judgings().judge(request),
    'judging.undo': (request) => judgings().undo(request),
    'judging.remove': ({ judgingId }) => ({ removed: judgings().remove(judgingId) }),
    'judging.export': ({ judgingId }) => judgings().export(judgingId),
    'judging.import': ({ document }) => judgings().import(document),
  };
}
