import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Panel } from '../../../preload/contract/panels.ts';
import { columnsOf, logitsOf } from '../domain/score-map.ts';
import type { Archive } from '../store/archive.ts';
import { itemLookup } from '../store/item-lookup.ts';
import { leavesOf } from './panel.ts';
import { scanItems } from './scan.ts';
import { wordScorer, type LabelModel } from './scorer.ts';
import type { LabelledCases } from './statistics-tasks.ts';
import { settle, type Truth } from './truth.ts';

/**
 * What is right about items, as given or as reviewed.
 *
 * @throws ArchiveError `truth.unreadable` for a given label that does not compete in the panel.
 */
export function truthFor(archive: Archive, panel: Panel, given: readonly Truth[] | undefined): Truth[] {
  const known = new Set(leavesOf(panel).map(({ name }) => name));
  const fits = ({ labels }: Truth) =>
    labels.every((label) => known.has(label)) && (panel.mode === 'independent' || labels.length === 1);
  if (!given) return settle(archive.reviews.inForce(panel.name)).settled.filter(fits);
  for (const { labels } of given)
    for (const label of labels)
      if (!known.has(label))
        throw new ArchiveError('truth.unreadable', { why: 'a label that the panel does not have', label });
  // The archive knows patients that a list of labels does not name.
  const patients = itemLookup(archive.db).patientsOf(given.map(({ itemId }) => itemId));
  return given
    .filter(fits)
    .map((one) => ({ ...one, patient: one.patient ?? patients.get(one.itemId) ?? null }));
}

export interface Gathered {
  readonly cases: LabelledCases;
  /** Of each case. */
  readonly itemIds: readonly number[];
}

/** Scores the items with the panel's words, now, whatever runs there were. Items without a vector are left out. */
export async function gatherCases(
  archive: Archive,
  model: LabelModel,
  panel: Panel,
  truth: readonly Truth[],
  signal?: AbortSignal,
): Promise<Gathered> {
  const { row } = model;
  const scorer = await wordScorer(archive, model, panel, signal);
  const labels = leavesOf(panel).map(({ name }) => name);
  const columns = columnsOf(panel.mode, labels.length);
  const byItem = new Map(truth.map((one) => [one.itemId, one]));
  const itemIds: number[] = [];
  const logits: Float64Array[] = [];
  const setup = {
    databasePath: archive.databasePath,
    modelId: row.id,
    target: { is: 'items', itemIds: [...byItem.keys()] } as const,
    labels: scorer.rows,
    labelCount: columns,
    topTiles: panel.topTiles,
  };
  for await (const chunk of scanItems(setup, signal))
    chunk.itemIds.forEach((itemId, index) => {
      const own = chunk.scores.subarray(index * columns, (index + 1) * columns);
      itemIds.push(itemId);
      logits.push(logitsOf(own, { mode: panel.mode, scale: scorer.scale, fitted: null }));
    });
  const kept = itemIds.map((itemId) => byItem.get(itemId) as Truth);
  return { itemIds, cases: labelledCases(panel.mode, labels, logits, kept) };
}

export function labelledCases(
  mode: Panel['mode'],
  labels: readonly string[],
  logits: readonly Float64Array[],
  truth: readonly Truth[],
): LabelledCases {
  const all = new Float64Array(truth.length * labels.length);
  const found = new Uint8Array(truth.length * labels.length);
  truth.forEach((one, index) => {
    all.set(logits[index] as Float64Array, index * labels.length);
    for (const label of one.labels) found[index * labels.length + labels.indexOf(label)] = 1;
  });
  return { mode, labels, logits: all, found, patients: truth.map(({ patient }) => patient) };
}
