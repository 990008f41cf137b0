import type {
  Direction,
  HardQuery,
  RetrievalFigures,
  Split,
} from '../../../../preload/contract/evaluations.ts';
import type { Perturbation, StressFigures } from '../../../../preload/contract/stress.ts';
import type { Examples, FittedSeparator } from '../fit-separator.ts';
import type { RegionRow } from '../../store/items.ts';
import type { ReportRow } from '../../store/reports.ts';
import type { ThreadAnswer } from '../../store/thread-answer.ts';
import type { FigureChange } from '../../domain/retrieval-compare.ts';

/** Which vectors a task reads. */
export interface EvidenceModel {
  readonly id: number;
  readonly dimensions: number;
}

/** An item that is right, and how much. */
export interface RightItem {
  readonly itemId: number;
  /** Above 0; 1 where nobody said more. */
  readonly grade: number;
}

export interface TruthTable {
  readonly asked: 'labels' | 'queries';
  /** Different labels or queries. */
  readonly texts: readonly string[];
  /** Of each text. */
  readonly right: readonly (readonly RightItem[])[];
  /** Items with labels; empty where the table has none. */
  readonly labelled: readonly { readonly itemId: number; readonly labels: readonly string[] }[];
  /** Patients that the table names, by item; others are the archive's own. */
  readonly patients: readonly (readonly [itemId: number, patient: string])[];
  readonly unknownItems: number;
}

/** What was measured, and query by query what it was made of. */
export interface Measured {
  readonly figures: Readonly<Record<Direction, RetrievalFigures | null>>;
  readonly byModality: readonly Split[];
  readonly bySource: readonly Split[];
  readonly hardest: Readonly<Record<Direction, readonly HardQuery[]>>;
  readonly items: number;
  /** JSON of {@link StoredQueries}. */
  readonly queries: string;
}

/** By direction; a query as its key, after which a changed picture's has a blank and the change; the number of its patient, and its values. */
export type StoredQueries = Readonly<
  Partial<
    Record<
      Direction,
      readonly (readonly [key: string, patient: number, first: number, ndcg10: number, precision: number])[]
    >
  >
>;

export interface ComparedDirection {
  readonly direction: Direction;
  readonly matched: number;
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  readonly changes: readonly FigureChange[];
}

export interface ComparedPerturbation {
  readonly perturbation: Perturbation;
  readonly words: string;
  readonly matched: number;
  readonly changes: readonly FigureChange[];
}

/** Which items are to be changed. */
export interface StressSampleInput {
  readonly model: EvidenceModel;
  readonly most: number;
  /** Of these items alone; null for all of the archive. */
  readonly among: readonly number[] | null;
}

/** Pictures that were changed, as the model sees them. */
export interface StressInput {
  readonly model: EvidenceModel;
  readonly itemIds: readonly number[];
  readonly perturbations: readonly Perturbation[];
  /** Of each item: of its picture as it is, then of each change, row after row; zeros where a change means nothing. */
  readonly vectors: Float32Array;
  /** What is right, where that is known; its texts, row after row. */
  readonly table: TruthTable | null;
  readonly texts: Float32Array;
}

export interface StressMeasured {
  readonly perturbations: readonly StressFigures[];
  readonly ranked: number;
  readonly labelled: number;
  readonly pairs: number;
  /** JSON of {@link StoredQueries}: changed pictures that look for themselves. */
  readonly queries: string;
  /** All of them together. */
  readonly figures: RetrievalFigures;
}

/** Work that takes up to minutes, each in a thread and on a connection of its own. */
export interface EvidenceTasks {
  readonly 'truth-table': {
    readonly input: { readonly csv: string };
    /** With the SHA-256 of the text, which may have fifty megabytes. */
    readonly output: { readonly table: TruthTable; readonly hash: string };
  };
  readonly 'caption-table': {
    readonly input: { readonly kinds: readonly ReportRow['kind'][] };
    readonly output: TruthTable;
  };
  readonly 'stress-sample': { readonly input: StressSampleInput; readonly output: readonly RegionRow[] };
  readonly captions: {
    readonly input: {
      readonly model: EvidenceModel;
      readonly texts: readonly string[];
      /** One unit vector per text, row after row. */
      readonly vectors: Float32Array;
      readonly right: readonly (readonly number[])[];
    };
    readonly output: Measured;
  };
  readonly truth: {
    readonly input: {
      readonly model: EvidenceModel;
      readonly table: TruthTable;
      readonly vectors: Float32Array;
      readonly samePatient: boolean;
    };
    readonly output: Measured & { readonly unanswerable: number };
  };
  readonly stress: { readonly input: StressInput; readonly output: StressMeasured };
  readonly separator: { readonly input: Examples; readonly output: FittedSeparator };
  readonly compare: {
    readonly input: { readonly before: number; readonly after: number };
    readonly output: {
      readonly directions: readonly ComparedDirection[];
      readonly perturbations: readonly ComparedPerturbation[];
    };
  };
}
export type EvidenceTask = keyof EvidenceTasks;

export type EvidenceCall = {
  readonly [T in EvidenceTask]: { readonly task: T; readonly input: EvidenceTasks[T]['input'] };
}[EvidenceTask];

export type EvidenceWork = EvidenceCall & {
  readonly databasePath: string;
  /** Not 0 once nobody waits any more. */
  readonly cancelled: Int32Array;
};

/** What a thread says before its answer, where its work is long enough for it. */
export interface EvidenceProgress {
  readonly done: number;
  readonly total: number;
}

export type EvidenceAnswer = ThreadAnswer<EvidenceTasks[EvidenceTask]['output']>;
