import type { labelMethods } from '../../../preload/contract/labels.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function labelHandlers(program: Program): HandlersOf<typeof labelMethods> {
  const labelling = () => program.session().labelling;
  return {
    'label.run': (request, signal) => labelling().run(request, signal),
    'label.runs': () => ({ runs: labelling().runs() }),
    'label.predictions': (request) => labelling().predictions(request),
  };
}
