import type { FaultCode, FaultDetails } from '../../../../preload/contract/faults.ts';
import type { Filter } from '../../domain/filter.ts';
import type { MatrixFile } from '../../store/vector-changes.ts';
import type { Facets } from './facets.ts';
import type { RankedReports, ReportsWish } from './report-ranking.ts';
import type { ArrangedFound, ArrangedJob } from './arranged-search.ts';
import type { Facts, FactsWish } from './saved-facts.ts';
import type { Found, PageWish } from './searcher.ts';

/** What the search thread works on. */
export interface SearchSetup {
  readonly databasePath: string;
  /** Folder of the derived matrix files. */
  readonly vectorsFolder: string;
  /** Whether to build and write matrices, or only to use those that are there. */
  readonly builds: boolean;
  /** A matrix is written when nothing has changed for so long: an import is not followed by a file for every batch. */
  readonly quietMs: number;
  readonly archiveId: string;
  /** Threads that help with a scan. */
  readonly helpers: number;
  /**
   * The calls that were cancelled last, each in the place of its number: the thread hears no message while it works on
   * one.
   */
  readonly cancelled: Int32Array<SharedArrayBuffer>;
}

/** Whether a call was cancelled; one that was cancelled so many calls ago is taken for one that was not. */
export const isCancelled = (cancelled: Int32Array, id: number): boolean =>
  Atomics.load(cancelled, id % cancelled.length) === id;

export interface SearchedModel {
  readonly id: number;
  readonly identity: string;
  readonly dimensions: number;
}

/** What the search thread does: reading that may take longer than the core's own thread may be kept. */
export interface SearchTasks {
  readonly search: {
    readonly input: { readonly model: SearchedModel; readonly job: ArrangedJob };
    readonly output: ArrangedFound;
  };
  /** A piece of an order that was given before. */
  readonly page: {
    readonly input: { readonly model: SearchedModel; readonly wish: PageWish };
    readonly output: Found;
  };
  /** Items of an order that was given before, in that order. */
  readonly found: {
    readonly input: { readonly model: SearchedModel; readonly snapshot: string; readonly isAbove: boolean };
    readonly output: number[];
  };
  readonly facets: { readonly input: readonly Filter[]; readonly output: Facets };
  /** Captions and reports by how well they fit. */
  readonly reports: {
    readonly input: { readonly model: SearchedModel; readonly wish: ReportsWish };
    readonly output: RankedReports;
  };
  /** What explains why items stand out now and did not then, or the other way round. */
  readonly itemFacts: {
    readonly input: { readonly model: SearchedModel; readonly wish: FactsWish };
    readonly output: Facts;
  };
  /** Numbers of all items that the filters leave. */
  readonly ids: { readonly input: readonly Filter[]; readonly output: number[] };
}
export type TaskName = keyof SearchTasks;

export type SearchCall = {
  readonly [T in TaskName]: { readonly task: T; readonly input: SearchTasks[T]['input'] };
}[TaskName];

export type ToSearcher =
  | { readonly kind: 'call'; readonly id: number; readonly call: SearchCall }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'close' };

/** An error as plain data: a fault of ours when it has a code. */
export interface SearchFailure {
  readonly code: FaultCode | null;
  readonly details: FaultDetails;
  readonly message: string;
  readonly stack: string;
}

export type FromSearcher =
  | { readonly kind: 'done'; readonly id: number; readonly output: SearchTasks[TaskName]['output'] }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: SearchFailure }
  /** A matrix file is complete. */
  | { readonly kind: 'saved'; readonly modelId: number; readonly file: MatrixFile }
  /** Something derived could not be made; answers come all the same. */
  | { readonly kind: 'trouble'; readonly failure: SearchFailure };
