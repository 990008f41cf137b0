import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Panel, PanelRun, Prediction } from '../../../preload/contract/labels.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import { parseFilter } from '../domain/filter.ts';
import { softmax } from '../domain/softmax.ts';
import type { Encoder } from '../encode/encoder.ts';
import type { Archive } from '../store/archive.ts';
import type { PredictionRow } from '../store/runs.ts';
import { toFloats, type ModelRow } from '../store/vectors.ts';
import { labelVectors, promptsOf } from './prompts.ts';
import { scanItems } from './scan.ts';
import type { ScanChunk } from './scan-messages.ts';

/** The model as labelling needs it: its row in the archive and what turns prompts into vectors. */
export interface LabelModel {
  readonly row: ModelRow;
  readonly encoder: Pick<Encoder, 'encodeTexts' | 'manifest'>;
}

export interface LabelParts {
  readonly archive: Archive;
  /** @throws ArchiveError `model.missing` and its like when none is in use. */
  readonly model: () => LabelModel | Promise<LabelModel>;
  readonly now?: () => Date;
}

/** How many of a label's best tiles stand for a slide. */
const TOP_TILES = 50;

/** What is stored of a run beside its panel. */
type Summary = Omit<PanelRun, 'runId' | 'panel'>;

/** Label panels over stored vectors. Every run is a new one; none is ever written over. */
export function createLabelling({ archive, model, now = () => new Date() }: LabelParts) {
  /** Runs under way here; any other one without an end was left by a program that was killed. */
  const underWay = new Set<number>();

  /**
   * Runs a panel. The vectors are scanned in a thread of its own; this thread only writes, one transaction a chunk.
   *
   * @throws ArchiveError `panel.invalid`, `filter.invalid`, `request.cancelled`, or what the model refuses.
   */
  async function run(request: Request<'label.run'>, signal?: AbortSignal): Promise<PanelRun> {
    const { panel, where, itemIds } = request;
    const prompts = promptsOf(panel);
    const target = itemIds
      ? ({ is: 'items', itemIds } as const)
      : ({ is: 'filter', where: parseFilter(where) } as const);
    const { row, encoder } = await model();
    const started = performance.now();
    const { manifest } = encoder;
    const { vectors, truncatedWords } = await encoder.encodeTexts(prompts.flat(), signal);
    const labels = labelVectors(prompts, vectors, row.dimensions);
    const at = now().toISOString();
    for (const leftover of archive.runs.unfinished()) if (!underWay.has(leftover)) await discard(leftover);
    const runId = archive.runs.start(JSON.stringify(panel), hashOf(panel), row.id, at);
    underWay.add(runId);
    const first = new Array<number>(panel.labels.length).fill(0);
    let items = 0;
    let left = 0;
    try {
      const setup = {
        databasePath: archive.databasePath,
        modelId: row.id,
        target,
        labels,
        labelCount: panel.labels.length,
        topTiles: TOP_TILES,
      };
      for await (const chunk of scanItems(setup, signal)) {
        const predictions = predict(chunk, panel.labels.length, manifest.logitScale);
        archive.runs.addAll(runId, predictions);
        for (const { label } of predictions) first[label] = (first[label] as number) + 1;
        items += predictions.length;
        left += chunk.left;
        await setImmediate(); // Calls that came in meanwhile go before the next transaction.
      }
    } catch (thrown) {
      await discard(runId);
      throw thrown;
    } finally {
      underWay.delete(runId);
    }
    const summary: Summary = {
      modelId: row.bundleId,
      logitScale: manifest.logitScale,
      calibrated: false,
      items,
      left,
      tookMs: performance.now() - started,
      at,
      first: panel.labels.map(({ name }, label) => ({ label: name, items: first[label] as number })),
      truncatedPrompts: truncatedWords.filter((words) => words > 0).length,
    };
    archive.runs.finish(runId, JSON.stringify(summary));
    return { runId: runId as PanelRun['runId'], panel, ...summary };
  }

  /** Drops a run piece by piece, so that a large one holds nobody up. */
  async function discard(runId: number): Promise<void> {
    while (archive.db.open && archive.runs.dropSome(runId)) await setImmediate();
  }

  function runs(): PanelRun[] {
    return archive.runs.list().map(readRun);
  }

  /** @throws ArchiveError `run.unknown`, `panel.invalid` for a label that the run's panel does not have. */
  function predictions(request: Request<'label.predictions'>): Output<'label.predictions'> {
    const { runId, label, order, offset, limit } = request;
    const run = getRun(runId);
    const index = label === undefined ? null : run.panel.labels.findIndex(({ name }) => name === label);
    if (index === -1) throw new ArchiveError('panel.invalid', { why: 'no such label in this run' });
    const { rows, total } = archive.runs.predictions(runId, index, order, offset, limit);
    return { predictions: rows.map((row) => toPrediction(run, row)), total };
  }

  function toPrediction(run: PanelRun, row: PredictionRow): Prediction {
    const item = archive.items.get(row.itemId);
    return {
      itemId: row.itemId as Prediction['itemId'],
      path: item?.path ?? '',
      thumb: item?.thumb ?? null,
      ranked: rank(run.panel, run.logitScale, row.scores),
      abstain: row.abstain === 1,
    };
  }

  function getRun(runId: number): PanelRun {
    const row = archive.runs.get(runId);
    if (!row || row.summary === '{}') throw new ArchiveError('run.unknown', { runId });
    return readRun(row);
  }

  /** What the latest run of each panel says about an item, newest run first. */
  function ofItem(itemId: number): Output<'item.get'>['predictions'] {
    return archive.runs.ofItem(itemId).map((row) => {
      const panel = JSON.parse(row.panel) as Panel;
      const { logitScale, calibrated } = JSON.parse(row.summary) as Summary;
      return { panel: panel.name, calibrated, ranked: rank(panel, logitScale, row.scores) };
    });
  }

  return { run, runs, predictions, ofItem };
}
export type Labelling = ReturnType<typeof createLabelling>;

function predict({ itemIds, scores }: ScanChunk, labels: number, logitScale: number) {
  return itemIds.map((itemId, index) => {
    const own = scores.subarray(index * labels, (index + 1) * labels);
    const probabilities = softmax(own, logitScale);
    const label = probabilities.indexOf(probabilities.reduce((a, b) => Math.max(a, b)));
    return { itemId, label, probability: probabilities[label] as number, scores: own };
  });
}

/** Labels with their scores, best first; equal ones in the panel's order. */
function rank({ labels }: Panel, logitScale: number, blob: Uint8Array): Prediction['ranked'] {
  const scores = toFloats(blob);
  const probabilities = softmax(scores, logitScale);
  return labels
    .map(({ name }, index) => ({
      label: name,
      score: scores[index] as number,
      probability: probabilities[index] as number,
    }))
    .sort((a, b) => b.probability - a.probability || b.score - a.score);
}

const readRun = (row: { id: number; panel: string; summary: string }): PanelRun => ({
  runId: row.id as PanelRun['runId'],
  panel: JSON.parse(row.panel) as Panel,
  ...(JSON.parse(row.summary) as Summary),
});

/** Equal for panels that ask the same; JSON of a parsed panel has its keys in the contract's order. */
const hashOf = (panel: Panel): string => createHash('sha256').update(JSON.stringify(panel)).digest('hex');
