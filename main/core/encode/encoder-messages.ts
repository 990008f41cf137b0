import type { FaultCode, FaultDetails } from '../../../preload/contract/faults.ts';
import type { BundleManifest, Precision } from './bundle.ts';

/** Execution providers, the quickest kind first. */
export const deviceOrder = ['cuda', 'coreml', 'dml', 'webgpu', 'cpu'] as const;
export type DeviceName = (typeof deviceOrder)[number];

export type TowerName = 'image' | 'text';

/** What a worker runs: one graph of a bundle on one device. */
export interface TowerSetup {
  readonly tower: TowerName;
  readonly folder: string;
  readonly manifest: BundleManifest;
  readonly precision: Precision;
  readonly device: DeviceName;
  /** Most rows at a time. */
  readonly batchSize: number;
  /** Threads of one run; null leaves the choice to the runtime. */
  readonly threads: number | null;
  /** Folder with CUDA's provider libraries; null when there are none beside the runtime's own. */
  readonly cudaFolder: string | null;
}

/** Something that people should know although the work goes on. */
export type EncoderNotice =
  | { readonly is: 'batch-halved'; readonly tower: TowerName; readonly batchSize: number }
  | {
      readonly is: 'device-left';
      readonly tower: TowerName;
      readonly from: DeviceName;
      readonly to: DeviceName;
      readonly reason: string;
    };

export type TowerCall =
  | { readonly kind: 'images'; readonly pixels: Uint8Array; readonly count: number }
  | { readonly kind: 'tensors'; readonly values: Float32Array; readonly count: number }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  /** Runs pictures made for the purpose in growing batches, at most so many at a time. */
  | { readonly kind: 'measure'; readonly mostRows: number };

export interface TowerAnswer {
  /** Unit rows, in the order of the call. */
  readonly vectors: Float32Array;
  readonly truncatedWords: readonly number[];
  readonly tokens: readonly number[];
  readonly measured: Measurement | null;
}

export interface Measurement {
  readonly batchSize: number;
  /** Per picture, in batches of that size. */
  readonly msPerPicture: number;
}

export type ToWorker =
  | { readonly kind: 'call'; readonly id: number; readonly call: TowerCall }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'close' };

/** An error as plain data: a fault of ours when it has a code, else the runtime's. */
export interface WorkerFailure {
  readonly code: FaultCode | null;
  readonly details: FaultDetails;
  readonly message: string;
  readonly stack: string;
}

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: TowerAnswer }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: WorkerFailure }
  | { readonly kind: 'notice'; readonly notice: EncoderNotice };
