import type { Calibration, Method } from '../../../preload/contract/calibrations.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import type { Panel } from '../../../preload/contract/panels.ts';
import { groupPlaces } from '../domain/statistics/bootstrap.ts';
import type { CalibrationRow } from '../store/calibrations.ts';
import { readCalibration, staleness, type StoredCalibration } from './calibration-reader.ts';
import { gatherCases, truthFor } from './gather.ts';
import { checkPanel, contentHash, wordingHash } from './panel.ts';
import { probeCases } from './probe-cases.ts';
import { openProbe } from './probe-reader.ts';
import type { LabelParts } from './run-panel.ts';
import type { LabelModel } from './scorer.ts';
import { statistics } from './statistics.ts';
import { countCases, type LabelledCases, type ProbeCalibrationTask } from './statistics-tasks.ts';
import type { Truth } from './truth.ts';

/** With fewer cases the interval of a calibration error is wider than what it should tell. */
export const FEWEST_ITEMS = 100;
export const FEWEST_PATIENTS = 10;
/** Methods with parameters of each label need examples of each label, and of its absence. */
const FEWEST_PER_LABEL: Readonly<Record<Method, number>> = { temperature: 0, vector: 20, isotonic: 50 };

/** Maps from scores to probabilities, fitted to what people have settled. */
export function createCalibrations({ archive, model, now = () => new Date() }: LabelParts) {
  /**
   * @throws ArchiveError `calibration.too-few` saying how many more, `panel.invalid` for isotonic with more than two
   *   exclusive labels, `truth.unreadable`, `probe.unknown`, or what the model refuses.
   */
  async function fit(
    { panel, method = 'temperature', truth, probeId, by }: Request<'calibration.fit'>,
    signal?: AbortSignal,
  ): Promise<Calibration> {
    checkPanel(panel);
    const used = await model();
    const right = truthFor(archive, panel, truth);
    const task =
      probeId === undefined
        ? { task: 'calibrate' as const, ...(await gatherCases(archive, used, panel, right, signal)), method }
        : probeTask(probeId, used, right, method);
    const { cases } = task;
    refuseTooFew(cases, method);
    if (method === 'isotonic' && cases.mode === 'exclusive' && cases.labels.length > 2)
      throw new ArchiveError('panel.invalid', { why: 'isotonic is for two labels, or for independent ones' });
    const { threshold, ...fitted } = await statistics.calibrate(task, signal);
    const report: StoredCalibration = {
      panel: panel.name,
      version: archive.panels.byHash(panel.name, contentHash(panel))?.number ?? null,
      modelId: used.row.bundleId,
      scorer: probeId === undefined ? 'words' : 'probe',
      method,
      ...fitted,
      by,
      at: now().toISOString(),
    };
    const calibrationId = archive.calibrations.add({
      panel: panel.name,
      wordingHash: probeId === undefined ? wordingHash(panel) : openProbe(archive, probeId, used.row).hash,
      modelId: used.row.id,
      method,
      report: JSON.stringify(report),
      threshold,
      at: report.at,
    });
    return { calibrationId, threshold, stale: null, ...report };
  }

  /** @throws ArchiveError `probe.unknown`. */
  function probeTask(
    probeId: number,
    { row }: LabelModel,
    truth: readonly Truth[],
    method: Method,
  ): ProbeCalibrationTask {
    const { labels } = openProbe(archive, probeId, row);
    const { cases, features } = probeCases(archive, row, labels, truth);
    return { task: 'calibrate-probe', cases, features, dimensions: row.dimensions, method };
  }

  async function list({ panel }: Request<'calibration.list'>): Promise<Output<'calibration.list'>> {
    const used = await model();
    return {
      calibrations: archive.calibrations.ofPanel(panel.name).map((row) => read(row, panel, used)),
      reviewed: truthFor(archive, panel, undefined).length,
      needed: FEWEST_ITEMS,
    };
  }

  function read(row: CalibrationRow, panel: Panel, { row: { id } }: LabelModel): Calibration {
    const calibration = readCalibration(row);
    if (calibration.scorer === 'words')
      return { ...calibration, stale: staleness(archive, row, wordingHash(panel), id) };
    const latest = archive.calibrations.probesOf(panel.name).find(({ modelId }) => modelId === id);
    const stale = staleness(archive, row, latest?.hash ?? '', id);
    return { ...calibration, stale: stale === 'panel' ? 'probe' : stale };
  }

  /** @throws ArchiveError `calibration.missing`. */
  async function setThreshold({
    calibrationId,
    below,
  }: Request<'calibration.threshold'>): Promise<Calibration> {
    archive.calibrations.setThreshold(calibrationId, below);
    const row = archive.calibrations.get(calibrationId);
    if (!row) throw new ArchiveError('calibration.missing', { calibrationId });
    const used = await model();
    return { ...readCalibration(row), stale: staleness(archive, row, row.wordingHash, used.row.id) };
  }

  return { fit, list, setThreshold };
}

function refuseTooFew(cases: Omit<LabelledCases, 'logits'>, method: Method): void {
  const n = countCases(cases);
  const patients = groupPlaces(cases.patients).length;
  const refuse = (have: number, needed: number, of: string, label = '') => {
    throw new ArchiveError('calibration.too-few', { have, needed, more: needed - have, of, label });
  };
  if (n < FEWEST_ITEMS) refuse(n, FEWEST_ITEMS, 'reviewed items');
  if (patients < FEWEST_PATIENTS) refuse(patients, FEWEST_PATIENTS, 'patients');
  const { length } = cases.labels;
  const counts = cases.labels.map((_, label) => {
    let count = 0;
    for (let row = 0; row < n; row += 1) count += cases.found[row * length + label] as number;
    return count;
  });
  const present = counts.filter((count) => count > 0).length;
  if (cases.mode === 'exclusive' && present < 2) refuse(present, 2, 'labels with a reviewed item');
  counts.forEach((count, label) => {
    const fewest = Math.min(count, n - count);
    if (fewest < FEWEST_PER_LABEL[method])
      refuse(fewest, FEWEST_PER_LABEL[method], 'items with and without the label', cases.labels[label]);
  });
}
