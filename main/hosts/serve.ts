import { createCore } from '../core/core.ts';
import { serveLoopback } from './loopback.ts';
import { logFileIn, placesOf } from './places.ts';
import { ensureRenderer } from './renderer-build.ts';
import { version } from './version.ts';

export interface ServeOptions {
  /** 0: one that is free. */
  readonly port: number;
  /** Opened, or made; left out, the archive that was open last, else the demo archive. */
  readonly archive?: string;
  readonly note: (line: string) => void;
}

export interface Serving {
  /** The address that lets a browser in, key included. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the program was asked to end and has ended. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/**
 * The program in a browser on this machine: core, loopback door, renderer. Ends by SIGINT or SIGTERM, which waits
 * until the archive is given back.
 *
 * @throws ArchiveError as opening the archive does; Error with a code when the port cannot be had.
 */
export async function serve({ port, archive, note }: ServeOptions): Promise<Serving> {
  const places = placesOf(process.env);
  await ensureRenderer(places, note);
  const core = createCore({ version, ...places, logFile: logFileIn(places) });
  try {
    if (archive !== undefined) await core.openOrCreate(archive);
    const rendererFolder = places.renderer;
    const server = await serveLoopback({ core, rendererFolder, port, logDefect: core.logDefect });
    // After the door: the page is there at once and sees the demo archive fill.
    if (archive === undefined) await core.openLastOrDemo();
    const { promise: closed, resolve: ended } = Promise.withResolvers<void>();
    let closing: Promise<void> | undefined;
    const close = () =>
      (closing ??= (async () => {
        await server.close();
        await core.close();
        ended();
      })());
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
    return { url: server.url, port: server.port, closed, close };
  } catch (thrown) {
    await core.close();
    throw thrown;
  }
}
