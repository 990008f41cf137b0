import type { FaultCode, FaultDetails } from '../../../preload/contract/faults.ts';
import type { Found, SearchJob } from './searcher.ts';

/** What the search thread works on. */
export interface SearchSetup {
  readonly databasePath: string;
}

export interface SearchCall {
  readonly modelId: number;
  readonly job: SearchJob;
}

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
  | { readonly kind: 'found'; readonly id: number; readonly found: Found }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: SearchFailure };
