import { z } from 'zod';

/** What would be taken back and done again next, by name; null where there is nothing. */
const UndoState = z.object({ undo: z.string().nullable(), redo: z.string().nullable() });
export type UndoState = z.infer<typeof UndoState>;

const Move = z.object({
  /** The name of the step that is meant; where another comes first, nothing is done. */
  meant: z.string().optional(),
});

const Moved = UndoState.extend({
  /** What was taken back or done again; null where there was nothing. */
  name: z.string().nullable(),
});

/** Steps of an archive that can be taken back, over restarts: tags, and removal of what is kept. */
export const undoMethods = {
  'undo.state': { input: z.object({}), output: UndoState },
  'undo.undo': { input: Move, output: Moved },
  'undo.redo': { input: Move, output: Moved },
} as const;
