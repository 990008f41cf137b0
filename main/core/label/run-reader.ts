import { ArchiveError } from '../../../preload/contract/faults.ts';
import { Panel } from '../../../preload/contract/panels.ts';
import type { PanelRun, Prediction } from '../../../preload/contract/labels.ts';
import { probabilitiesOf, type ScoreMap } from '../domain/score-map.ts';
import type { Archive } from '../store/archive.ts';
import type { PredictionRow, RunRow } from '../store/runs.ts';
import { toFloats } from '../store/vectors.ts';
import { groupsOf, leavesOf } from './panel.ts';

/** What is stored of a run beside its panel. */
export type Summary = Omit<PanelRun, 'runId' | 'panel'>;

/** How the stored scores of a run are read. */
export interface RunMap extends ScoreMap {
  /** Names of the labels that competed, in the order of the scores. */
  readonly labels: readonly string[];
}

export interface FinishedRun {
  readonly run: PanelRun;
  readonly map: RunMap;
  readonly modelRow: number;
  readonly wordingHash: string | null;
}

/** @throws ArchiveError `run.unknown` for one that is not there or has not ended. */
export function openRun(archive: Archive, runId: number): FinishedRun {
  const row = archive.runs.get(runId);
  if (!row || row.summary === '{}') throw new ArchiveError('run.unknown', { runId });
  return {
    run: readRun(row),
    map: readMap(row),
    modelRow: row.modelId,
    wordingHash: row.wordingHash,
  };
}

export function readRun({ id, panel, summary }: Pick<RunRow, 'id' | 'panel' | 'summary'>): PanelRun {
  return {
    runId: id as PanelRun['runId'],
    panel: Panel.parse(JSON.parse(panel)),
    ...firstSchema,
    ...(JSON.parse(summary) as Summary),
  };
}

/** What runs of the first schema did not say. */
const firstSchema = {
  version: null,
  scorer: 'words',
  calibrationId: null,
  abstention: { is: 'never' },
  uncertain: 0,
} as const;

export function readMap({
  panel,
  summary,
  scoreMap,
}: Pick<RunRow, 'panel' | 'summary' | 'scoreMap'>): RunMap {
  if (scoreMap !== null) return JSON.parse(scoreMap) as RunMap;
  const { logitScale } = JSON.parse(summary) as Summary;
  const labels = leavesOf(Panel.parse(JSON.parse(panel))).map(({ name }) => name);
  return { mode: 'exclusive', scale: logitScale, fitted: null, labels };
}

/** Labels with score and probability, best first; equal ones in the panel's order. */
export function rank(map: RunMap, scores: Float32Array): Prediction['ranked'] {
  const probabilities = probabilitiesOf(scores, map);
  return map.labels
    .map((label, index) => ({
      label,
      score: scores[index] as number,
      probability: probabilities[index] as number,
    }))
    .sort((a, b) => b.probability - a.probability || b.score - a.score);
}

export function toPrediction(archive: Archive, { run, map }: FinishedRun, row: PredictionRow): Prediction {
  const item = archive.items.get(row.itemId);
  const ranked = rank(map, toFloats(row.scores));
  return {
    itemId: row.itemId as Prediction['itemId'],
    path: item?.path ?? '',
    thumb: item?.thumb ?? null,
    ranked,
    groups: groupsOf(run.panel, new Map(ranked.map(({ label, probability }) => [label, probability]))),
    abstain: row.abstain === 1,
  };
}
