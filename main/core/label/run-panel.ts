import { setImmediate } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Abstention, PanelRun } from '../../../preload/contract/labels.ts';
import type { Request } from '../../../preload/contract/methods.ts';
import { parseFilter } from '../domain/filter.ts';
import { best, probabilitiesOf } from '../domain/score-map.ts';
import type { Archive } from '../store/archive.ts';
import type { NewPrediction } from '../store/runs.ts';
import { certaintyOf, isUncertain, saidLabels } from './abstention.ts';
import { calibrationInForce, type ReadCalibration } from './calibration-reader.ts';
import { checkPanel, contentHash, leavesOf, wordingHash } from './panel.ts';
import { openProbe } from './probe-reader.ts';
import { promptsOf } from './prompts.ts';
import type { RunMap, Summary } from './run-reader.ts';
import { scanItems } from './scan.ts';
import type { ScanChunk } from './scan-messages.ts';
import { wordScorer, type LabelModel } from './scorer.ts';

export interface LabelParts {
  readonly archive: Archive;
  /** @throws ArchiveError `model.missing` and its like when none is in use. */
  readonly model: () => LabelModel | Promise<LabelModel>;
  readonly now?: () => Date;
}

/** Who waits for a run: what it is told, and the pause button that the scan stands behind. */
export interface RunWatch {
  /** Items looked at, of all. */
  progress(done: number, total: number): void;
  through<T>(source: AsyncIterable<T>): AsyncIterable<T>;
}

const nobody: RunWatch = { progress: () => undefined, through: (source) => source };

/** Runs of panels over stored vectors. Every run is a new one; none is ever written over. */
export function createRunner({ archive, model, now = () => new Date() }: LabelParts) {
  /** Runs under way here; any other one without an end was left by a program that was killed. */
  const underWay = new Set<number>();

  /**
   * What can be said against a request before anything is done.
   *
   * @throws ArchiveError `panel.invalid`, `filter.invalid`.
   */
  function check({ panel, where }: Request<'label.run'>): void {
    checkPanel(panel);
    promptsOf(panel);
    parseFilter(where);
  }

  /**
   * Runs a panel. The vectors are scanned in a thread of its own; this thread only writes, one transaction a chunk.
   *
   * @throws ArchiveError `panel.invalid`, `filter.invalid`, `probe.unknown`, `calibration.missing` (conformal sets need
   *   one), `request.cancelled`, or what the model refuses.
   */
  async function run(
    request: Request<'label.run'>,
    signal?: AbortSignal,
    watch: RunWatch = nobody,
  ): Promise<PanelRun> {
    const { panel, where, itemIds, probeId } = request;
    checkPanel(panel);
    const target = itemIds
      ? ({ is: 'items', itemIds } as const)
      : ({ is: 'filter', where: parseFilter(where) } as const);
    const used = await model();
    const started = performance.now();
    const probe = probeId === undefined ? null : openProbe(archive, probeId, used.row);
    const key = probe?.hash ?? wordingHash(panel);
    const scorer = probe?.scorer ?? (await wordScorer(archive, used, panel, signal));
    const calibration = request.calibrated ? calibrationInForce(archive, key, used.row.id) : null;
    const abstention = abstentionOf(request, calibration);
    const map: RunMap = {
      mode: probe ? 'exclusive' : panel.mode,
      scale: scorer.scale,
      fitted: calibration?.fitted ?? null,
      labels: probe?.labels ?? leavesOf(panel).map(({ name }) => name),
    };
    const at = now().toISOString();
    const runId = await begin({
      panel: JSON.stringify(panel),
      hash: contentHash(panel),
      wordingHash: key,
      modelId: used.row.id,
      calibrationId: calibration?.calibrationId ?? null,
      scoreMap: JSON.stringify(map),
      at,
    });
    const tally = { items: 0, left: 0, uncertain: 0, first: new Array<number>(map.labels.length).fill(0) };
    try {
      const setup = {
        databasePath: archive.databasePath,
        modelId: used.row.id,
        target,
        labels: scorer.rows,
        labelCount: scorer.rows.length / used.row.dimensions,
        topTiles: panel.topTiles,
      };
      for await (const chunk of watch.through(scanItems(setup, signal))) {
        archive.runs.addAll(runId, predict(chunk, map, abstention, probe?.intercepts ?? null, tally));
        tally.left += chunk.left;
        watch.progress(tally.items + tally.left, chunk.total);
        await setImmediate(); // Calls that came in meanwhile go before the next transaction.
      }
      // A pause button that is let go by a cancel ends the sequence without a word: half a run is no run.
      if (signal?.aborted) throw new ArchiveError('request.cancelled');
    } catch (thrown) {
      await discard(runId);
      throw thrown;
    } finally {
      underWay.delete(runId);
    }
    const summary: Summary = {
      version: archive.panels.byHash(panel.name, contentHash(panel))?.number ?? null,
      modelId: used.row.bundleId,
      logitScale: used.encoder.manifest.logitScale,
      scorer: probe ? 'probe' : 'words',
      calibrated: calibration !== null,
      calibrationId: calibration?.calibrationId ?? null,
      abstention,
      items: tally.items,
      left: tally.left,
      uncertain: tally.uncertain,
      tookMs: performance.now() - started,
      at,
      first: map.labels.map((label, index) => ({ label, items: tally.first[index] as number })),
      truncatedPrompts: scorer.truncatedPrompts,
    };
    archive.runs.finish(runId, JSON.stringify(summary));
    return { runId: runId as PanelRun['runId'], panel, ...summary };
  }

  async function begin(run: Parameters<Archive['runs']['start']>[0]): Promise<number> {
    for (const leftover of archive.runs.unfinished()) if (!underWay.has(leftover)) await discard(leftover);
    const runId = archive.runs.start(run);
    underWay.add(runId);
    return runId;
  }

  /** Drops a run piece by piece, so that a large one holds nobody up. */
  async function discard(runId: number): Promise<void> {
    while (archive.db.open && archive.runs.dropSome(runId)) await setImmediate();
  }

  return { check, run };
}

function abstentionOf({ abstain }: Request<'label.run'>, calibration: ReadCalibration | null): Abstention {
  if (abstain === undefined) {
    const below = calibration?.threshold ?? null;
    return below === null ? { is: 'never' } : { is: 'threshold', below };
  }
  if (abstain.is !== 'conformal') return abstain;
  const found = calibration?.conformal.find(({ alpha }) => alpha === abstain.alpha);
  if (!found) throw new ArchiveError('calibration.missing', { alpha: abstain.alpha });
  return { is: 'conformal', alpha: found.alpha, quantile: found.quantile };
}

/** Predictions of a chunk, counted into `tally`. */
function predict(
  { itemIds, scores }: ScanChunk,
  map: RunMap,
  abstention: Abstention,
  intercepts: Float32Array | null,
  tally: { items: number; uncertain: number; first: number[] },
): NewPrediction[] {
  const columns = itemIds.length > 0 ? scores.length / itemIds.length : 0;
  return itemIds.map((itemId, index) => {
    const own = scores.subarray(index * columns, (index + 1) * columns);
    if (intercepts) own.forEach((score, label) => (own[label] = score + (intercepts[label] as number)));
    const probabilities = probabilitiesOf(own, map);
    const label = best(probabilities);
    const abstain = isUncertain(probabilities, abstention, map.mode);
    const said = saidLabels(probabilities, abstention, map.mode);
    tally.items += 1;
    if (abstain) tally.uncertain += 1;
    for (const place of said ?? (abstain ? [] : [label]))
      tally.first[place] = (tally.first[place] as number) + 1;
    return { itemId, label, probability: certaintyOf(probabilities, map.mode), scores: own, abstain, said };
  });
}
