import type { Fitted, Method } from '../../../preload/contract/calibrations.ts';
import type { Panel } from '../../../preload/contract/panels.ts';

/** Scored and settled cases, as they go to the thread that fits and measures. */
export interface LabelledCases {
  readonly mode: Panel['mode'];
  readonly labels: readonly string[];
  /** Case after case, one logit per label, not calibrated. */
  readonly logits: Float64Array;
  /** Case after case, one per label: 1 where it applies. */
  readonly found: Uint8Array;
  /** A case without a patient is one of its own. */
  readonly patients: readonly (string | null)[];
}

export interface CalibrationTask {
  readonly task: 'calibrate';
  readonly cases: LabelledCases;
  readonly method: Method;
}

export interface EvaluationTask {
  readonly task: 'evaluate';
  readonly cases: LabelledCases;
  /** What the run read its scores with. */
  readonly fitted: Fitted | null;
  /** 1 where the run said "uncertain". */
  readonly uncertain: Uint8Array;
}

export interface ProbeTask {
  readonly task: 'probe';
  readonly labels: number;
  readonly dimensions: number;
  /** Case after case. */
  readonly features: Float32Array;
  readonly truth: Int32Array;
  /** What the words chose of the same labels. */
  readonly words: Int32Array;
  readonly patients: readonly (string | null)[];
}

/** A calibration of a probe: its scores of each case come from a probe that has not met the case's patient. */
export interface ProbeCalibrationTask {
  readonly task: 'calibrate-probe';
  readonly cases: Omit<LabelledCases, 'logits'>;
  readonly features: Float32Array;
  readonly dimensions: number;
  readonly method: Method;
}

export type StatisticsTask = CalibrationTask | EvaluationTask | ProbeTask | ProbeCalibrationTask;

export const countCases = ({ found, labels }: Pick<LabelledCases, 'found' | 'labels'>): number =>
  found.length / labels.length;
