import type { Reply } from './faults.ts';

/** What the renderer sees of a door: in Electron `window.vitrine`, in a browser a WebSocket client. */
export interface Bridge {
  /** Never rejects: the context bridge would strip an error of all but its message. */
  call(method: string, input: unknown, callId: string): Promise<Reply<unknown>>;
  cancel(callId: string): void;
  /** Returns the function that stops listening. */
  on(event: string, listener: (payload: unknown) => void): () => void;
  /** Prefix of every media path. */
  readonly mediaBase: string;
  /** The native folder dialog, where there is one; null when it was closed without a choice. */
  readonly chooseFolder?: (purpose: 'import' | 'model' | 'archive' | 'vocabulary') => Promise<string | null>;
  /** Paths of dropped files, which only the desktop shell can know. */
  readonly pathOf?: (file: unknown) => string;
}

/** The most bytes that a call takes as a file: a picture to search with, weights. */
export const MOST_FILE_BYTES = 256 * 1024 * 1024;

/** The most bytes of a file that goes as text in a message, such as a table. */
export const MOST_TEXT_BYTES = 8 * 1024 * 1024;

/** Messages over a port or a socket, in both directions. */
export type ToCore =
  | { readonly kind: 'call'; readonly callId: string; readonly method: string; readonly input: unknown }
  | { readonly kind: 'cancel'; readonly callId: string };

export type FromCore =
  | { readonly kind: 'reply'; readonly callId: string; readonly reply: Reply<unknown> }
  | { readonly kind: 'event'; readonly event: string; readonly payload: unknown };
