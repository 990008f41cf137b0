import type { historyMethods } from '../../../preload/contract/history.ts';
import type { savedMethods } from '../../../preload/contract/saved.ts';
import type { undoMethods } from '../../../preload/contract/undo.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function savedHandlers(program: Program): HandlersOf<typeof savedMethods> {
  const saved = () => program.session().saved;
  return {
    'saved.list': async () => ({ saved: await saved().list() }),
    'saved.get': ({ savedId }) => saved().detail(savedId),
    'saved.save': (request, signal) => saved().save(request, signal),
    'saved.rename': (request) => saved().rename(request),
    'saved.remove': async ({ savedId }) => ({ removed: await saved().remove(savedId) }),
    'saved.compare': (request, signal) => saved().compare(request, signal),
    'saved.freeze': ({ savedId }, signal) => saved().freeze(savedId, signal),
    'saved.news': async (_request, signal) => ({ news: await saved().news(signal) }),
    'saved.export': ({ savedId }) => saved().export(savedId),
    'saved.import': (request) => saved().import(request),
  };
}

export function historyHandlers(program: Program): HandlersOf<typeof historyMethods> {
  const history = () => program.session().history;
  return {
    'history.list': (request) => history().list(request),
    'history.clear': () => history().clear(),
    'history.keep': (request) => history().keep(request),
  };
}

export function undoHandlers(program: Program): HandlersOf<typeof undoMethods> {
  const undo = () => program.session().undo;
  return {
    'undo.state': () => undo().state(),
    'undo.undo': ({ meant }) => undo().undo(meant),
    'undo.redo': ({ meant }) => undo().redo(meant),
  };
}
