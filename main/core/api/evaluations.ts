import type { evaluationMethods } from '../../../preload/contract/evaluations.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function evaluationHandlers(program: Program): HandlersOf<typeof evaluationMethods> {
  const evaluations = () => program.session().evaluations;
  return {
    'search.evaluate': (request, signal) => evaluations().captions(request, signal),
    'evaluation.truth': (request, signal) => evaluations().truth(request, signal),
    'evaluation.list': () => ({ evaluations: evaluations().list() }),
    'evaluation.compare': (request, signal) => evaluations().compare(request, signal),
    'evaluation.remove': ({ evaluationId }) => ({ removed: evaluations().remove(evaluationId) }),
  };
}
