import type { calibrationMethods } from '../../../preload/contract/calibrations.ts';
import { JobId } from '../../../preload/contract/ids.ts';
import type { labelMethods } from '../../../preload/contract/labels.ts';
import type { panelMethods } from '../../../preload/contract/panels.ts';
import type { reviewMethods } from '../../../preload/contract/reviews.ts';
import { runLabels, startLabelRun } from '../session/label-runs.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

type Methods = typeof panelMethods & typeof labelMethods & typeof reviewMethods & typeof calibrationMethods;

/** Panels, runs, reviews, calibrations and probes of the open archive. */
export function labelHandlers(program: Program): HandlersOf<Methods> {
  const labelling = () => program.session().labelling;
  return {
    'panel.list': () => labelling().panels.list(),
    'panel.save': (request) => labelling().panels.save(request),
    'panel.compare': (request) => labelling().panels.compare(request),
    'panel.library': () => labelling().panels.library(),
    'panel.export': (request) => labelling().panels.exportPanel(request),
    'panel.import': (request) => labelling().panels.importPanel(request),
    'panel.words': (request, signal) => labelling().panels.words(request, signal),
    'panel.wordings': (request, signal) => labelling().panels.wordings(request, signal),
    'label.run': (request, signal) => runLabels(program.session(), request, signal),
    'label.start': (request) => ({ jobId: JobId.parse(startLabelRun(program.session(), request)) }),
    'label.runs': () => ({ runs: labelling().runs() }),
    'label.predictions': (request) => labelling().predictions(request),
    'label.compare': (request) => labelling().compare(request),
    'label.evaluate': (request, signal) => labelling().evaluations.evaluate(request, signal),
    'label.cell': (request) => labelling().evaluations.cell(request),
    'review.queue': (request) => labelling().reviews.queue(request),
    'review.decide': (request) => labelling().reviews.decide(request),
    'review.nearest': (request, signal) => labelling().reviews.nearest(request, signal),
    'review.undo': (request) => labelling().reviews.undo(request),
    'review.list': (request) => labelling().reviews.list(request),
    'review.progress': (request) => labelling().reviews.progress(request),
    'review.export': (request) => labelling().reviews.exportCsv(request),
    'review.import': (request) => labelling().reviews.importCsv(request),
    'truth.read': (request) => labelling().readTruth(request),
    'calibration.fit': (request, signal) => labelling().calibrations.fit(request, signal),
    'calibration.list': (request) => labelling().calibrations.list(request),
    'calibration.threshold': (request) => labelling().calibrations.setThreshold(request),
    'probe.fit': (request, signal) => labelling().probes.fit(request, signal),
    'probe.list': (request) => labelling().probes.list(request),
  };
}
