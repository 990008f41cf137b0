import { z } from 'zod';
import { FaultShape } from './ids.ts';

const JoinBy = z.enum(['path', 'name', 'stem', 'instance', 'sha256']);

/** What becomes of a column. */
const TableColumn = z.object({
  name: z.string(),
  as: z.enum(['key', 'number', 'text', 'caption', 'report', 'patient', 'dropped']),
  why: z.string().nullable(),
});

/** What a table beside the pictures would bring, or has brought. */
export const TablePreview = z.object({
  name: z.string(),
  rows: z.int(),
  /** The column that names the files, and by what; null where none does. */
  joinedBy: z.object({ column: z.string(), as: JoinBy }).nullable(),
  matched: z.int(),
  /** Rows that name several items; they are not joined. */
  ambiguous: z.int(),
  unmatched: z.int(),
  columns: z.array(TableColumn),
  /** The first rows that matched. */
  sample: z.array(z.object({ key: z.string(), itemId: z.int() })),
  /** Values and texts that were written; 0 in a preview. */
  values: z.int(),
  texts: z.int(),
  /** Texts that name or reach somebody, left out. */
  withheld: z.int(),
});
export type TablePreview = z.infer<typeof TablePreview>;

const Found = {
  path: z.string(),
  /** Below the folder that was asked for. */
  place: z.string(),
};

/** A table that lies in a folder, before anything of the folder is read; no value of it, only names of columns. */
export const FoundTable = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('table'),
    ...Found,
    rows: z.int(),
    /** Rows that name a file of the folder; an import joins those whose file it can read. */
    matched: z.int(),
    ambiguous: z.int(),
    joinedBy: z.object({ column: z.string(), as: JoinBy }).nullable(),
    /** No file name, but what may match once the files were read. */
    mayJoinBy: z.object({ column: z.string(), as: JoinBy.extract(['instance', 'sha256']) }).nullable(),
    columns: z.array(TableColumn),
  }),
  z.object({ is: z.literal('unreadable'), ...Found, fault: FaultShape }),
]);
export type FoundTable = z.infer<typeof FoundTable>;

const OneTable = z.object({
  /** CSV, TSV, JSON or JSON lines. */
  path: z.string().min(1).max(4096),
  /** The column that names the files; left out, the one that matches most. */
  column: z.string().max(500).optional(),
});

export const tableMethods = {
  /** The tables that an import of these folders would meet; `total` counts those beyond the ones that are shown. */
  'table.find': {
    input: z.object({ folders: z.array(z.string().min(1).max(4096)).min(1).max(100) }),
    output: z.object({ tables: z.array(FoundTable), total: z.int() }),
  },
  'table.preview': { input: OneTable, output: TablePreview },
  'table.join': { input: OneTable, output: TablePreview },
} as const;
