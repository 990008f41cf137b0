import cookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance } from 'fastify';
import { basename, dirname } from 'node:path';

import { ArchiveError, faultOf } from '../../preload/contract/faults.ts';
import { MOST_FILE_BYTES, MOST_TEXT_BYTES } from '../../preload/contract/bridge.ts';
import type { MethodName } from '../../preload/contract/methods.ts';
import { createConnection } from './connection.ts';
import { createDispatcher, type Dispatcher, type LogDefect } from './dispatch.ts';
import { createEventFeed, type EventFeed } from './event-feed.ts';
import { createAccess, isOwnRequest } from './loopback-access.ts';
import { securityHeaders } from './security-headers.ts';
import { findMedia, type ServedCore } from './served-core.ts';

export interface LoopbackOptions {
  readonly core: ServedCore;
  /** Absolute path of the built renderer. */
  readonly rendererFolder: string;
  /** 0, the default: one that is free. */
  readonly port?: number;
  readonly logDefect: LogDefect;
}

export interface Loopback {
  /** The address that lets a browser in, key included. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

// Text may double where every sign of it has to be escaped.
const MESSAGE_LIMIT_BYTES = 2 * MOST_TEXT_BYTES;
/** Methods whose input has bytes, which JSON has no word for: given as the body of a request of their own. */
const uploads: readonly MethodName[] = ['query.image', 'slide.addPooling'];

/**
 * The door for browsers on this machine: 127.0.0.1 only.
 *
 * `GET /?key=…` gives the session cookie and leads to `/`; everything else asks for the cookie. `/ws` speaks
 * `ToCore` and `FromCore` of the bridge in JSON. `POST /call/<method>?name=…` takes bytes and answers a `Reply`;
 * dropping the request cancels the call. `/media/<path>` gives derived files by content hash.
 *
 * @throws Error with code `EADDRINUSE` or `EACCES` when the port cannot be had.
 */
export async function serveLoopback(options: LoopbackOptions): Promise<Loopback> {
  const { core, logDefect } = options;
  const access = createAccess();
  const dispatcher = createDispatcher(core.handlers, logDefect);
  const feed = createEventFeed(core, logDefect);
  const server = fastify({ forceCloseConnections: true, bodyLimit: 1024 });
  const port = () => (server.server.address() as { port: number }).port; // Listening on TCP whenever asked.
  const cookieName = () => `vitrine_${port()}`;

  await server.register(cookie);
  // Before the hook that refuses: the plugin ends the connections of refused upgrades only if it saw them first.
  await server.register(websocket, {
    options: { maxPayload: MESSAGE_LIMIT_BYTES },
    preClose(done) {
      // A page that does not answer the closing handshake must not hold the program.
      for (const client of server.websocketServer.clients) client.terminate();
      server.websocketServer.close(done);
    },
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    if (!isOwnRequest(request.headers, port())) {
      return reply.code(403).type('text/plain').send('Refused: the request comes from elsewhere.\n');
    }
    if (request.method === 'GET' && /^\/(\?|$)/.test(request.url)) {
      const { key } = request.query as { key?: unknown };
      if (access.opens(key)) {
        const scope = { path: '/', httpOnly: true, sameSite: 'strict' } as const;
        return reply.setCookie(cookieName(), access.session, scope).redirect('/');
      }
    }
    if (!access.admits(request.cookies[cookieName()])) {
      return reply
        .code(403)
        .type('text/plain')
        .send('Open the address that Vitrine printed; it has a key.\n');
    }
    return undefined;
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) logDefect('loopback', error);
    const code = status === 413 ? 'request.too-large' : status < 500 ? 'request.invalid' : 'internal';
    return reply.code(status).send({ ok: false, fault: faultOf(new ArchiveError(code)) });
  });

  addSocket(server, dispatcher, feed);
  addUploads(server, dispatcher);
  await addFiles(server, core, options.rendererFolder);
  await server.listen({ host: '127.0.0.1', port: options.port ?? 0 });

  return {
    url: `http://127.0.0.1:${port()}/?key=${access.key}`,
    port: port(),
    async close() {
      feed.close();
      await server.close();
    },
  };
}

function addSocket(server: FastifyInstance, dispatcher: Dispatcher, feed: EventFeed): void {
  server.get('/ws', { websocket: true }, (socket) => {
    const connection = createConnection(dispatcher, feed, (message) => socket.send(JSON.stringify(message)));
    socket.on('message', (data, isBinary) => {
      const understood = !isBinary && connection.receive(jsonOf(data.toString()));
      if (!understood) socket.close(1008, 'not a message of the bridge');
    });
    socket.on('close', () => connection.close());
    socket.on('error', () => socket.terminate());
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function addUploads(server: FastifyInstance, dispatcher: Dispatcher): void {
  server.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'buffer', bodyLimit: MOST_FILE_BYTES },
    (_request, body, done) => done(null, body),
  );
  server.post('/call/:method', { bodyLimit: MOST_FILE_BYTES }, async (request, reply) => {
    const { method } = request.params as { method: string };
    const { name } = request.query as { name?: string };
    if (!(uploads as readonly string[]).includes(method)) {
      return { ok: false, fault: faultOf(new ArchiveError('request.unknown', { method })) };
    }
    const caller = dispatcher.caller();
    reply.raw.once('close', () => caller.close());
    return caller.call({ callId: 'upload', method, input: { bytes: request.body, name } });
  });
}

async function addFiles(server: FastifyInstance, core: ServedCore, rendererFolder: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: rendererFolder,
    cacheControl: false,
    setHeaders: (reply, path) => {
      if (reply.getHeader('cache-control') !== undefined) return;
      // Vite puts a content hash into the names below assets/.
      const lasting = basename(dirname(path)) === 'assets';
      reply.header('cache-control', lasting ? 'private, max-age=31536000, immutable' : 'no-cache');
    },
  });
  server.get('/media/*', async (request, reply) => {
    const { '*': path } = request.params as { '*': string };
    const file = await findMedia(core, path);
    if (file === null) {
      const fault = faultOf(new ArchiveError('media.unknown'));
      return reply.code(404).header('cache-control', 'no-store').send({ ok: false, fault });
    }
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    return reply.sendFile(basename(file), dirname(file), { cacheControl: false });
  });
}
