import { setImmediate } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Evaluation } from '../../../preload/contract/calibrations.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import { best, logitsOf, probabilitiesOf } from '../domain/score-map.ts';
import { toFloats } from '../store/vectors.ts';
import type { PredictionRow } from '../store/runs.ts';
import { labelledCases, truthFor } from './gather.ts';
import type { LabelParts } from './run-panel.ts';
import { openRun, type FinishedRun } from './run-reader.ts';
import { statistics } from './statistics.ts';
import type { Truth } from './truth.ts';

const ROWS_PER_TURN = 500;

/** What runs were worth against what is right. */
export function createEvaluations({ archive }: LabelParts) {
  /** @throws ArchiveError `run.unknown`, `truth.unreadable`; `evaluation.empty` without a single case. */
  async function evaluate(
    { runId, truth }: Request<'label.evaluate'>,
    signal?: AbortSignal,
  ): Promise<Evaluation> {
    const finished = openRun(archive, runId);
    const { map } = finished;
    const rows = await judgedRows(finished, truth);
    if (rows.length === 0) throw new ArchiveError('evaluation.empty', { runId });
    const cases = labelledCases(
      map.mode,
      map.labels,
      rows.map(({ prediction }) => logitsOf(toFloats(prediction.scores), map)),
      rows.map((row) => row.truth),
    );
    const uncertain = Uint8Array.from(rows, ({ prediction }) => prediction.abstain);
    return await statistics.evaluate({ task: 'evaluate', cases, fitted: map.fitted, uncertain }, signal);
  }

  /**
   * Items that are `truth` and were called `said`; `said` may be "uncertain".
   *
   * @throws ArchiveError `run.unknown`, `panel.invalid` for a label that did not compete in the run.
   */
  async function cell(request: Request<'label.cell'>): Promise<Output<'label.cell'>> {
    const { runId, label, truth, said, limit } = request;
    const finished = openRun(archive, runId);
    const { map } = finished;
    const place = label === undefined ? null : map.labels.indexOf(label);
    if (place === -1) throw new ArchiveError('panel.invalid', { why: 'no such label in this run' });
    const rows = await judgedRows(finished, undefined);
    const found = rows.filter(({ truth: right, prediction }) => {
      const probabilities = probabilitiesOf(toFloats(prediction.scores), map);
      const is = place === null ? truth : right.labels.includes(label ?? '') ? 'present' : 'absent';
      const called =
        prediction.abstain === 1
          ? 'uncertain'
          : place === null
            ? map.labels[best(probabilities)]
            : (probabilities[place] as number) >= 0.5
              ? 'present'
              : 'absent';
      return called === said && is === truth && (place !== null || right.labels.includes(truth));
    });
    return {
      items: found.slice(0, limit).flatMap((row) => {
        const item = archive.items.get(row.truth.itemId);
        return item ? [{ itemId: item.itemId, path: item.path, thumb: item.thumb }] : [];
      }) as Output<'label.cell'>['items'],
      total: found.length,
    };
  }

  async function judgedRows(
    { run, map }: FinishedRun,
    given: readonly Truth[] | undefined,
  ): Promise<{ truth: Truth; prediction: PredictionRow }[]> {
    const rows: { truth: Truth; prediction: PredictionRow }[] = [];
    for (const [index, truth] of truthFor(archive, run.panel, given).entries()) {
      if (index % ROWS_PER_TURN === 0) await setImmediate();
      const prediction = archive.runs.prediction(run.runId, truth.itemId);
      // A probe may know fewer labels than its panel.
      if (prediction && truth.labels.every((label) => map.labels.includes(label)))
        rows.push({ truth, prediction });
    }
    return rows;
  }

  return { evaluate, cell };
}
