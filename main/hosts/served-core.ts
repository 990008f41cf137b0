import type { Handlers } from '../core/api/handlers.ts';
import type { EventName } from '../../preload/contract/events.ts';
import { MediaPath, TilePath } from '../../preload/contract/ids.ts';

/** What a door needs of the core; `Core` of core.ts has it, and so has the small one of the door tests. */
export interface ServedCore {
  readonly handlers: Handlers;
  /** Returns the function that stops listening. */
  on(listener: (event: EventName, payload: unknown) => void): () => void;
  /** Absolute path of a derived file by its media path (`thumb/ab/<sha256>.webp`), or null. */
  mediaFile(path: string): Promise<string | null>;
}

/** File of a media path as a caller gave it: null for what is no media path, or names nothing. */
export async function findMedia(core: ServedCore, path: unknown): Promise<string | null> {
  const parsed = MediaPath.or(TilePath).safeParse(path);
  return parsed.success ? core.mediaFile(parsed.data) : null;
}
