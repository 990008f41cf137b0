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

  /** Items that are `truth` and were called `said`; `said` may be "uncertain". */
  async function cell({ runId, truth, said, limit }: Request<'label.cell'>): Promise<Output<'label.cell'>> {
    const finished = openRun(archive, runId);
    const { map } = finished;
    const itemIds: number[] = [];
    for (const row of await judgedRows(finished, undefined)) {
      if (itemIds.length >= limit) break;
      const chosen = map.labels[best(probabilitiesOf(toFloats(row.prediction.scores), map))];
      const called = row.prediction.abstain === 1 ? 'uncertain' : chosen;
      if (row.truth.labels.includes(truth) && called === said) itemIds.push(row.truth.itemId);
    }
    return { itemIds: itemIds as Output<'label.cell'>['itemIds'] };
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
