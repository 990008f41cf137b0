import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer, type WebSocket as Socket } from 'ws';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { ToCore } from '../../../preload/contract/bridge.ts';
import { createClient } from '../../../renderer/client/client.ts';
import { CONNECTION_EVENT } from '../../../renderer/client/events.ts';
import { loopbackBridge } from '../../../renderer/client/loopback-bridge.ts';

let server: Server;
let sockets: WebSocketServer;
let heard: ToCore[];
let answering: boolean;

/** A core that answers every call with its own name, over a real socket. */
async function listen(port = 0): Promise<number> {
  server = createServer();
  sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (raw) => {
      const message = JSON.parse(String(raw)) as ToCore;
      heard.push(message);
      if (message.kind === 'call' && answering) {
        const reply = { ok: true, value: message.method };
        socket.send(JSON.stringify({ kind: 'reply', callId: message.callId, reply }));
      }
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function stop(): Promise<void> {
  for (const client of sockets.clients as Set<Socket>) client.terminate();
  sockets.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

beforeEach(() => {
  heard = [];
  answering = true;
});
afterEach(async () => {
  if (server.listening) await stop();
});

const bridgeTo = (port: number) => loopbackBridge({ host: `127.0.0.1:${port}` } as Location);

test('what is asked before the socket is open is asked when it is', async () => {
  const bridge = bridgeTo(await listen());
  expect(await bridge.call('app.info', {}, 'a')).toEqual({ ok: true, value: 'app.info' });
});

test('when the core goes, what waits is answered; when it is back, calls go on', async () => {
  const port = await listen();
  const bridge = bridgeTo(port);
  const states: unknown[] = [];
  bridge.on(CONNECTION_EVENT, (state) => states.push(state));
  await bridge.call('app.info', {}, 'a');
  answering = false;
  const waiting = bridge.call('archive.verify', {}, 'b');
  await expect.poll(() => heard.length).toBe(2);
  await stop();
  expect(await waiting).toMatchObject({ ok: false, fault: { code: 'core.stopped' } });
  expect(states).toEqual([true, false]);

  answering = true;
  await listen(port);
  await expect.poll(() => states, { timeout: 5_000 }).toEqual([true, false, true]);
  expect(await bridge.call('job.list', {}, 'c')).toEqual({ ok: true, value: 'job.list' });
});

test('a call made while there is no core fails with the attempt it waited for, and not for ever', async () => {
  const port = await listen();
  const bridge = bridgeTo(port);
  await bridge.call('app.info', {}, 'a');
  await stop();
  await sleep(50);
  expect(await bridge.call('job.list', {}, 'b')).toMatchObject({ fault: { code: 'core.stopped' } });
});

test('cancelling sends the id of the call, and listening ends when it is asked to', async () => {
  const bridge = bridgeTo(await listen());
  answering = false;
  const abort = new AbortController();
  void createClient(bridge)('archive.verify', {}, abort.signal).catch(() => undefined);
  await expect.poll(() => heard.length).toBe(1);
  abort.abort();
  await expect.poll(() => heard.length).toBe(2);
  const [call, cancel] = heard;
  expect(cancel).toEqual({ kind: 'cancel', callId: call?.callId });

  const told: unknown[] = [];
  const stopListening = bridge.on('job.changed', (job) => told.push(job));
  const tell = () => {
    for (const client of sockets.clients) client.send('{"kind":"event","event":"job.changed","payload":1}');
  };
  tell();
  await expect.poll(() => told).toEqual([1]);
  stopListening();
  tell();
  await sleep(50);
  expect(told).toEqual([1]);
});

test('a call that is cancelled before it was sent is not sent', async () => {
  const port = await listen();
  const bridge = bridgeTo(port);
  const reply = bridge.call('archive.verify', {}, 'a');
  bridge.cancel('a');
  expect(await reply).toMatchObject({ fault: { code: 'request.cancelled' } });
  await bridge.call('app.info', {}, 'b');
  expect(heard.map(({ callId }) => callId)).toEqual(['b']);
});
