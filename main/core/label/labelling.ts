import { setImmediate } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { PanelRun, Prediction } from '../../../preload/contract/labels.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import { toFloats } from '../store/vectors.ts';
import { createCalibrations } from './calibrations.ts';
import { compareRuns } from './compare-runs.ts';
import { createEvaluations } from './evaluations.ts';
import { createPanels } from './panels.ts';
import { createProbes } from './probes.ts';
import { createReviews } from './reviews.ts';
import { createRunOrders } from './run-orders.ts';
import { createRunner, type LabelParts } from './run-panel.ts';
import { openRun, rank, readMap, readRun, toPrediction, type Summary } from './run-reader.ts';
import { readTruth } from './truth-file.ts';

export type { LabelParts, RunWatch } from './run-panel.ts';
export type { LabelModel } from './scorer.ts';

/** Predictions read before calls that came in meanwhile get their turn. */
const ROWS_PER_TURN = 200;
/** Rows that are only looked through, in a few milliseconds. */
const ROWS_PER_STEP = 5_000;

/** Label panels of one open archive: everything that `api/labels.ts` offers. */
export function createLabelling(parts: LabelParts) {
  const { archive } = parts;
  const orders = createRunOrders(archive);

  /** @throws ArchiveError `run.unknown`, `panel.invalid` for a label that did not compete in the run. */
  async function predictions(request: Request<'label.predictions'>): Promise<Output<'label.predictions'>> {
    const { runId, label, abstain, order, offset, limit } = request;
    const finished = openRun(archive, runId);
    const index = label === undefined ? null : finished.map.labels.indexOf(label);
    if (index === -1) throw new ArchiveError('panel.invalid', { why: 'no such label in this run' });
    const brief = await orders.orderOf(runId);
    const having =
      index !== null && finished.map.mode === 'independent' ? await withLabel(runId, index) : null;
    const wanted = (place: number) =>
      (index === null ||
        (having ? having.has(brief.itemIds[place] as number) : brief.labels[place] === index)) &&
      (abstain === undefined || brief.uncertain[place] === Number(abstain));
    const places = order === 'item' ? brief.itemIds.map((_, place) => place) : brief.byCertainty;
    const found = places.filter(wanted);
    if (order === 'probability') found.reverse();
    const page: Prediction[] = [];
    for (const [turn, place] of [...found.subarray(offset, offset + limit)].entries()) {
      if (turn % ROWS_PER_TURN === ROWS_PER_TURN - 1) await setImmediate();
      const row = archive.runs.prediction(runId, brief.itemIds[place] as number);
      if (row) page.push(toPrediction(archive, finished, row));
    }
    return { predictions: page, total: found.length };
  }

  /** Items that a run of independent labels says to have this one. */
  async function withLabel(runId: number, label: number): Promise<Set<number>> {
    const having = new Set<number>();
    for (let after = 0; ;) {
      const rows = archive.runs.withLabel(runId, label, after, ROWS_PER_STEP);
      for (const [itemId, has] of rows) if (has === 1) having.add(itemId);
      if (rows.length < ROWS_PER_STEP) return having;
      after = rows.at(-1)?.[0] ?? after;
      await setImmediate();
    }
  }

  /** What the latest run of each panel says about an item, newest run first. */
  function ofItem(itemId: number): Output<'item.get'>['predictions'] {
    return archive.runs.ofItem(itemId).map((row) => {
      const { name } = JSON.parse(row.panel) as { name: string };
      const { calibrated } = JSON.parse(row.summary) as Summary;
      return { panel: name, calibrated, ranked: rank(readMap(row), toFloats(row.scores)) };
    });
  }

  return {
    ...createRunner(parts),
    /** @throws ArchiveError `run.unknown`. */
    openRun: (runId: number): PanelRun => openRun(archive, runId).run,
    runs: (): PanelRun[] => archive.runs.list().map(readRun),
    predictions,
    ofItem,
    compare: (request: Request<'label.compare'>) => compareRuns(archive, request),
    /** @throws ArchiveError `truth.unreadable`. */
    readTruth: async ({ text }: Request<'truth.read'>): Promise<Output<'truth.read'>> =>
      (await readTruth(archive, text)) as Output<'truth.read'>,
    panels: createPanels(parts),
    reviews: createReviews(parts, orders),
    calibrations: createCalibrations(parts),
    evaluations: createEvaluations(parts),
    probes: createProbes(parts),
  };
}
export type Labelling = ReturnType<typeof createLabelling>;
