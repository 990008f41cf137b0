import type { Filter } from '../domain/filter.ts';

/** What a scan goes over: named items, or what a filter leaves. */
export type ScanTarget =
  | { readonly is: 'items'; readonly itemIds: readonly number[] }
  | { readonly is: 'filter'; readonly where: readonly Filter[] };

export interface ScanSetup {
  readonly databasePath: string;
  readonly modelId: number;
  readonly target: ScanTarget;
  /** One unit vector per label, row after row. */
  readonly labels: Float32Array;
  readonly labelCount: number;
  /** Of a slide: how many of each label's best tiles count. */
  readonly topTiles: number;
}

export interface ScanWork extends ScanSetup {
  /** Of one number; not 0 once nobody waits for chunks. */
  readonly cancelled: Int32Array;
}

export interface ScanChunk {
  readonly itemIds: readonly number[];
  /** Cosines, item after item, one per label. */
  readonly scores: Float32Array;
  /** Items of this chunk without a vector of the model. */
  readonly left: number;
  /** Items of the whole scan. */
  readonly total: number;
}

/** To the thread; it answers each `next` with a chunk, or with the end, and is closed by `end`. */
export type ToScan = 'next' | 'end';
export type FromScan = { readonly is: 'chunk'; readonly chunk: ScanChunk } | { readonly is: 'end' };
