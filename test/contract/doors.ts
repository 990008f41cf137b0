import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { WebSocket } from 'ws';

import { createDispatcher, type LogDefect } from '../../main/hosts/dispatch.ts';
import { createEventFeed } from '../../main/hosts/event-feed.ts';
import { serveLoopback } from '../../main/hosts/loopback.ts';
import { servePorts, type CorePort } from '../../main/hosts/port-door.ts';
import type { ServedCore } from '../../main/hosts/served-core.ts';
import type { Bridge, FromCore, ToCore } from '../../preload/contract/bridge.ts';
import type { Reply } from '../../preload/contract/faults.ts';

/** A bridge through one door, and what closes both. */
export interface OpenDoor {
  readonly bridge: Bridge;
  close(): Promise<void>;
}

export type Door = (core: ServedCore, logDefect: LogDefect) => Promise<OpenDoor>;

/** Every way from a caller to the core. The message port stands for the utility process: same clone, same code. */
export const doors: Readonly<Record<string, Door>> = {
  direct: (core, logDefect) => {
    const caller = createDispatcher(core.handlers, logDefect).caller();
    const feed = createEventFeed(core, logDefect);
    return Promise.resolve({
      bridge: {
        call: (method, input, callId) => caller.call({ method, input, callId }),
        cancel: (callId) => caller.cancel(callId),
        on: (event, listener) => feed.subscribe((name, payload) => name === event && listener(payload)),
        mediaBase: '',
      },
      close: () => {
        caller.close();
        feed.close();
        return Promise.resolve();
      },
    });
  },

  'a message port': (core, logDefect) => {
    const { port1, port2 } = new MessageChannel();
    const shell = new EventEmitter();
    servePorts(
      { on: (event, listener) => shell.on(event, listener), postMessage: () => undefined },
      core,
      logDefect,
    );
    shell.emit('message', { data: { kind: 'connect' }, ports: [asElectronPort(port1)] });
    const talk = bridgeOver((message) => port2.postMessage(message));
    port2.on('message', talk.receive);
    return Promise.resolve({
      bridge: talk.bridge,
      close: () => {
        port2.close();
        return Promise.resolve();
      },
    });
  },

  'the loopback socket': async (core, logDefect) => {
    const server = await serveLoopback({ core, logDefect, rendererFolder: import.meta.dirname });
    const cookie = await enter(server.url);
    const base = new URL('/', server.url);
    const socket = new WebSocket(new URL('/ws', base.href.replace('http', 'ws')), {
      headers: { cookie, origin: base.origin },
    });
    const talk = bridgeOver((message) => socket.send(JSON.stringify(message)));
    socket.on('message', (data) => talk.receive(JSON.parse((data as Buffer).toString()) as FromCore));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const call: Bridge['call'] = async (method, input, callId) => {
      const { bytes, name } = (input ?? {}) as { bytes?: unknown; name?: string };
      if (!(bytes instanceof Uint8Array)) return talk.bridge.call(method, input, callId);
      const url = new URL(`/call/${method}`, base);
      if (name !== undefined) url.searchParams.set('name', name);
      const headers = { cookie, 'content-type': 'application/octet-stream' };
      const answer = await fetch(url, { method: 'POST', body: new Uint8Array(bytes), headers });
      return (await answer.json()) as Reply<unknown>;
    };
    return {
      bridge: { ...talk.bridge, call },
      close: async () => {
        socket.close();
        await server.close();
      },
    };
  },
};

/** Electron hands an event to its listeners where Node hands the message. */
export function asElectronPort(port: MessagePort): CorePort {
  return {
    on: (event, listener) =>
      event === 'message'
        ? port.on('message', (data: unknown) => listener({ data }))
        : port.on('close', listener as () => void),
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  };
}

/** What a browser does with the printed address: takes the cookie. */
export async function enter(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

function bridgeOver(post: (message: ToCore) => void) {
  const waiting = new Map<string, (reply: Reply<unknown>) => void>();
  const listeners = new Set<(event: string, payload: unknown) => void>();
  const bridge: Bridge = {
    call: (method, input, callId) =>
      new Promise((resolve) => {
        waiting.set(callId, resolve);
        post({ kind: 'call', callId, method, input });
      }),
    cancel: (callId) => post({ kind: 'cancel', callId }),
    on(event, listener) {
      const filtered = (name: string, payload: unknown) => name === event && listener(payload);
      listeners.add(filtered);
      return () => void listeners.delete(filtered);
    },
    mediaBase: '',
  };
  const receive = (message: FromCore) => {
    if (message.kind === 'event') listeners.forEach((listener) => listener(message.event, message.payload));
    else waiting.get(message.callId)?.(message.reply);
  };
  return { bridge, receive };
}
