import { z } from 'zod';
import { Rules } from './saved.ts';

export const HistoryEntry = z.object({
  /** Below 0 where the query is remembered for this session alone. */
  entryId: z.int(),
  at: z.string(),
  /** As `search.run` takes it; null where an item of the query is no longer in the archive. */
  rules: Rules.nullable(),
  formula: z.string(),
  total: z.int(),
  standOut: z.int(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/**
 * Queries that were asked. They are remembered until the archive is closed; switched on, they are kept in the archive and
 * nowhere else. Those whose words look as if they identify a person are left out; not all such words can be told.
 */
export const historyMethods = {
  'history.list': {
    input: z.object({ limit: z.int().min(1).max(500).default(100) }),
    /** Newest first; `on` where they are kept in the archive, which they are not unless somebody says so. */
    output: z.object({ on: z.boolean(), entries: z.array(HistoryEntry), total: z.int() }),
  },
  'history.clear': { input: z.object({}), output: z.object({ removed: z.int() }) },
  /** Switched off, nothing more is written; what there is stays until it is cleared. */
  'history.keep': { input: z.object({ on: z.boolean() }), output: z.object({ on: z.boolean() }) },
} as const;
