import { z } from 'zod';

/** What a table beside the pictures would bring, or has brought. */
export const TablePreview = z.object({
  name: z.string(),
  rows: z.int(),
  /** The column that names the files, and by what; null where none does. */
  joinedBy: z
    .object({ column: z.string(), as: z.enum(['path', 'name', 'stem', 'instance', 'sha256']) })
    .nullable(),
  matched: z.int(),
  /** Rows that name several items; they are not joined. */
  ambiguous: z.int(),
  unmatched: z.int(),
  columns: z.array(
    z.object({
      name: z.string(),
      as: z.enum(['key', 'number', 'text', 'caption', 'report', 'patient', 'dropped']),
      why: z.string().nullable(),
    }),
  ),
  /** The first rows that matched. */
  sample: z.array(z.object({ key: z.string(), itemId: z.int() })),
  /** Values and texts that were written; 0 in a preview. */
  values: z.int(),
  texts: z.int(),
  /** Texts that name or reach somebody, left out. */
  withheld: z.int(),
});
export type TablePreview = z.infer<typeof TablePreview>;

const OneTable = z.object({
  /** CSV, TSV, JSON or JSON lines. */
  path: z.string().min(1).max(4096),
  /** The column that names the files; left out, the one that matches most. */
  column: z.string().max(500).optional(),
});

export const tableMethods = {
  'table.preview': { input: OneTable, output: TablePreview },
  'table.join': { input: OneTable, output: TablePreview },
} as const;
