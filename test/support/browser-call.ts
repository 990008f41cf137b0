import WebSocket from 'ws';

import type { FromCore } from '../../preload/contract/bridge.ts';
import { unwrap } from '../../preload/contract/faults.ts';
import type { Input, MethodName, Output } from '../../preload/contract/methods.ts';

/** What a browser does at the loopback door, without one: the key for a cookie, then calls over the socket. */
export interface BrowserCalls {
  /** For requests of pages and pictures. */
  readonly cookie: string;
  call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>>;
}

/** @param address - as the program prints it, key included. */
export async function enter(address: URL): Promise<BrowserCalls> {
  const opened = await fetch(address, { redirect: 'manual' });
  const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { cookie, call: (method, input) => callOnce(address, cookie, method, input) };
}

function callOnce<M extends MethodName>(
  address: URL,
  cookie: string,
  method: M,
  input: Input<M>,
): Promise<Output<M>> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${address.host}/ws`, { headers: { cookie } });
    socket.once('error', reject);
    socket.once('open', () => socket.send(JSON.stringify({ kind: 'call', callId: 'one', method, input })));
    socket.on('message', (raw) => {
      const message = JSON.parse(String(raw)) as FromCore;
      if (message.kind !== 'reply') return;
      socket.close();
      try {
        resolve(unwrap(message.reply) as Output<M>);
      } catch (fault) {
        reject(fault as Error);
      }
    });
  });
}
