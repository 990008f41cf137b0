import type { Calibration } from '../../../preload/contract/calibrations.ts';
import type { Archive } from '../store/archive.ts';
import type { CalibrationRow } from '../store/calibrations.ts';

/** What is stored of a calibration as JSON; the rest are columns. */
export type StoredCalibration = Omit<Calibration, 'calibrationId' | 'threshold' | 'stale'>;
export type ReadCalibration = Omit<Calibration, 'stale'>;

export const readCalibration = ({ id, report, threshold }: CalibrationRow): ReadCalibration => ({
  calibrationId: id,
  threshold,
  ...(JSON.parse(report) as StoredCalibration),
});

/** The latest calibration of exactly these words (or this probe) under exactly this model, or null. */
export function calibrationInForce(
  archive: Archive,
  wordingHash: string,
  modelRow: number,
): ReadCalibration | null {
  const row = archive.calibrations.inForce(wordingHash, modelRow);
  return row ? readCalibration(row) : null;
}

/** Why a calibration's probabilities do not count for these words and this model; null when they do. */
export function staleness(
  archive: Archive,
  row: CalibrationRow,
  wordingHash: string,
  modelRow: number,
): Calibration['stale'] {
  if (row.modelId !== modelRow) return 'model';
  if (row.wordingHash !== wordingHash) return 'panel';
  return archive.calibrations.inForce(wordingHash, modelRow)?.id === row.id ? null : 'replaced';
}
