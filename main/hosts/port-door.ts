import { createConnection } from './connection.ts';
import { createDispatcher, type LogDefect } from './dispatch.ts';
import { createEventFeed } from './event-feed.ts';
import { findMedia, type ServedCore } from './served-core.ts';

/** The part of Electron's `MessagePortMain` that is used; no type of Electron is known on this side. */
export interface CorePort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** The part of Electron's `process.parentPort` that is used. */
export interface ShellPort {
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly CorePort[] }) => void,
  ): unknown;
  postMessage(message: unknown): void;
}

/** What the shell says: take this window's port, or name the file of a media path. */
type FromShell =
  { readonly kind: 'connect' } | { readonly kind: 'media'; readonly id: number; readonly path: string };

/**
 * The door of the desktop program. Windows talk over ports of their own; the shell itself only hands them over
 * and asks for files of pictures. Messages arrive by structured clone.
 */
export function servePorts(shell: ShellPort, core: ServedCore, logDefect: LogDefect): void {
  const dispatcher = createDispatcher(core.handlers, logDefect);
  const feed = createEventFeed(core, logDefect);

  function connect(port: CorePort): void {
    const connection = createConnection(dispatcher, feed, (message) => port.postMessage(message));
    port.on('message', ({ data }) => {
      if (connection.receive(data)) return;
      logDefect('port', new TypeError('not a message of the bridge'));
      port.close();
    });
    port.on('close', () => connection.close());
    port.start();
  }

  shell.on('message', ({ data, ports: [port] }) => {
    const message = data as FromShell; // The shell is part of the same program.
    if (message.kind === 'connect' && port) connect(port);
    if (message.kind !== 'media') return;
    const { id, path } = message;
    void findMedia(core, path)
      .catch((thrown: unknown) => (logDefect('media', thrown), null))
      .then((file) => shell.postMessage({ kind: 'media', id, file }));
  });
}
