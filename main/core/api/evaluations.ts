import type { evaluationMethods } from '../../../preload/contract/evaluations.ts';
import type { learningMethods } from '../../../preload/contract/learning.ts';
import { JobId } from '../../../preload/contract/ids.ts';
import type { stressMethods } from '../../../preload/contract/stress.ts';
import { moreLikeThese } from '../search/more-like-these.ts';
import type { Program } from '../session/program.ts';
import { startStressSet } from '../session/stress-set.ts';
import type { HandlersOf } from './handlers.ts';

export function learningHandlers(program: Program): HandlersOf<typeof learningMethods> {
  return {
    'search.learn': (request, signal) => moreLikeThese(program.session().learning, request, signal),
  };
}

export function evaluationHandlers(
  program: Program,
): HandlersOf<typeof evaluationMethods & typeof stressMethods> {
  const evaluations = () => program.session().evaluations;
  return {
    'search.evaluate': (request, signal) => evaluations().captions(request, signal),
    'evaluation.truth': (request, signal) => evaluations().truth(request, signal),
    'evaluation.captions': (request, signal) => evaluations().ownCaptions(request, signal),
    'evaluation.stress': async (request, signal) => ({
      jobId: JobId.parse(await startStressSet(program.session(), request, signal)),
    }),
    'evaluation.get': ({ evaluationId }) => evaluations().open(evaluationId),
    'evaluation.list': () => ({ evaluations: evaluations().list() }),
    'evaluation.compare': (request, signal) => evaluations().compare(request, signal),
    'evaluation.remove': async ({ evaluationId }) => {
      const removed = await evaluations().remove(evaluationId);
      if (removed) program.changed(); // There is a step to take back.
      return { removed };
    },
  };
}
