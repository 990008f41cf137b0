import dgram from 'node:dgram';
import dns, { lookup } from 'node:dns';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { blockedConnections, installOfflineGuard } from '../../../../main/core/privacy/offline-guard.ts';

/** An address of this machine that is not loopback: for the guard it is abroad, yet nothing is sent anywhere. */
const abroad = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

let arrived = 0;
let port = 0;
const server = http.createServer((_request, response) => response.end('here'));
server.on('connection', () => (arrived += 1));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  port = (server.address() as net.AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ended = (emitter: NodeJS.EventEmitter) =>
  new Promise<unknown>((resolve) => {
    emitter.once('error', resolve);
    for (const event of ['connect', 'secureConnect', 'response'])
      emitter.once(event, () => resolve('reached'));
  });
const answered = (ask: (callback: (error: unknown) => void) => void) =>
  new Promise<unknown>((resolve) => ask((error) => resolve(error ?? 'reached')));
const settled = (promise: Promise<unknown>) =>
  promise.then(
    () => 'reached',
    (error: unknown) => error,
  );

const udp = () => dgram.createSocket('udp4').unref();

/** Each way out, to a host and the port of the server above. */
const ways: Record<string, (host: string, port: number) => Promise<unknown>> = {
  'net.connect(options)': (host, port) => ended(net.connect({ host, port })),
  'net.connect(port, host)': (host, port) => ended(net.connect(port, host)),
  'Socket.connect': (host, port) => ended(new net.Socket().connect(port, host)),
  'tls.connect': (host, port) => ended(tls.connect({ host, port, rejectUnauthorized: false })),
  'http.get': (host, port) => ended(http.get({ host, port })),
  'https.get': (host, port) => ended(https.get({ host, port, rejectUnauthorized: false })),
  'http2.connect': (host, port) => ended(http2.connect(`http://${host}:${port}`)),
  fetch: (host, port) => settled(fetch(`http://${host}:${port}/`)),
  WebSocket: (host, port) =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://${host}:${port}`);
      socket.onerror = () => resolve('no reason given');
      socket.onopen = () => resolve('reached');
    }),
  'dgram.send': (host, port) => answered((callback) => udp().send('x', port, host, callback)),
  'dgram.connect': (host, port) => answered((callback) => udp().connect(port, host, callback as () => void)),
};

/** The code of an error or of what caused it, some ways wrap it. */
function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return 'code' in error && error.code === 'offline.blocked'
    ? error.code
    : codeOf(error.cause ?? 'another error');
}

describe.skipIf(!abroad)('before the guard, as a control', () => {
  test.each(['net.connect(options)', 'http.get', 'fetch', 'dgram.send'])(
    '%s reaches the other address',
    async (way) => {
      expect(await ways[way]?.(abroad ?? '', port)).toBe('reached');
    },
  );
});

describe('with the guard', () => {
  beforeAll(() => {
    installOfflineGuard();
    installOfflineGuard();
    arrived = 0;
  });

  // 192.0.2.1 belongs to nobody (RFC 5737): on a machine without a network card the fault still is the guard's.
  test.each(Object.keys(ways))('%s is refused and counted', async (way) => {
    const before = blockedConnections();
    const outcome = codeOf(await ways[way]?.(abroad ?? '192.0.2.1', port));
    expect(outcome).toBe(way === 'WebSocket' ? 'no reason given' : 'offline.blocked');
    expect(blockedConnections() - before).toBe(1);
    expect(arrived).toBe(0);
  });

  const resolver = new dns.Resolver();
  test.each<[string, () => Promise<unknown>]>([
    ['dns.lookup', () => answered((callback) => dns.lookup('example.org', callback))],
    ['a lookup imported by name', () => answered((callback) => lookup('example.org', callback))],
    ['dns.resolve4', () => answered((callback) => dns.resolve4('example.org', callback))],
    ['dns.promises.lookup', () => settled(dns.promises.lookup('example.org'))],
    ['dns.promises.resolveMx', () => settled(dns.promises.resolveMx('example.org'))],
    ['Resolver.resolveTxt', () => answered((callback) => resolver.resolveTxt('example.org', callback))],
    ['a promised reverse', () => settled(new dns.promises.Resolver().reverse('192.0.2.1'))],
    ['a host by name', () => ended(net.connect({ host: 'example.org', port: 80 }))],
    ['fetch by name', () => settled(fetch('http://example.org/'))],
  ])('%s is refused and counted', async (_what, ask) => {
    const before = blockedConnections();
    expect(codeOf(await ask())).toBe('offline.blocked');
    expect(blockedConnections() - before).toBe(1);
  });

  test('a lookup of its own cannot send localhost elsewhere', async () => {
    const lie: net.LookupFunction = (_host, _options, callback) =>
      callback(null, [{ address: '192.0.2.1', family: 4 }]);
    expect(codeOf(await ended(net.connect({ host: 'localhost', port, lookup: lie })))).toBe(
      'offline.blocked',
    );
  });

  test.each(['127.0.0.1', 'localhost'])('%s stays reachable', async (host) => {
    const before = blockedConnections();
    expect(await ways['fetch']?.(host, port)).toBe('reached');
    expect(await ways['net.connect(port, host)']?.(host, port)).toBe('reached');
    expect(blockedConnections()).toBe(before);
  });

  test('a socket with a path stays reachable', async () => {
    const path =
      process.platform === 'win32' ? '\\\\.\\pipe\\vitrine-guard' : join(tmpdir(), `guard-${process.pid}`);
    const local = net.createServer().listen(path);
    expect(await ended(net.connect(path))).toBe('reached');
    expect(await ended(net.connect({ path }))).toBe('reached');
    local.close();
  });

  test('a worker thread with the guard is held too, and counts here', async () => {
    const before = blockedConnections();
    const guard = new URL('../../../../main/core/privacy/offline-guard.ts', import.meta.url).href;
    const source = `
      import { parentPort } from 'node:worker_threads';
      const { installOfflineGuard } = await import('${guard}');
      installOfflineGuard();
      await fetch('http://192.0.2.1/').catch((error) => parentPort.postMessage(error.cause.code));`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
    expect(await new Promise((resolve) => worker.once('message', resolve))).toBe('offline.blocked');
    await worker.terminate();
    expect(blockedConnections() - before).toBe(1);
  });
});
