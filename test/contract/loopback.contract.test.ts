// Long because it is one list of what the loopback door refuses and what it lets through.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { serveLoopback, type Loopback } from '../../main/hosts/loopback.ts';
import { createSmallCore } from './small-core.ts';
import { enter } from './doors.ts';

const folder = join(tmpdir(), `vitrine-loopback-${process.pid}`);
const sha256 = createHash('sha256').update('a picture').digest('hex');
const mediaPath = `thumb/${sha256.slice(0, 2)}/${sha256}.webp`;

const small = createSmallCore((path) => (path === mediaPath ? join(folder, 'picture.webp') : null));
let server: Loopback;
let cookie: string;

beforeAll(async () => {
  mkdirSync(join(folder, 'renderer/assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer/index.html'), '<!doctype html><title>Vitrine</title>');
  writeFileSync(join(folder, 'renderer/assets/index-abc.js'), 'export {};');
  writeFileSync(join(folder, 'picture.webp'), 'a picture');
  writeFileSync(join(folder, 'secret.txt'), 'a secret');
  const rendererFolder = join(folder, 'renderer');
  server = await serveLoopback({ core: small.core, rendererFolder, logDefect: () => undefined });
  cookie = await enter(server.url);
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** By `node:http`, which sends the headers a test names and normalises no path; a browser's `fetch` would. */
function ask(
  path: string,
  headers: OutgoingHttpHeaders = {},
  method = 'GET',
  body?: Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = server;
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { statusCode = 0, headers } = incoming;
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject).end(body);
  });
}

/** Status of an upgrade to a socket: 101 when it opened. */
function upgrade(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, { headers });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('error', () => undefined);
  });
}

describe('the way in', () => {
  test('the printed address gives a cookie that scripts cannot read and leads to a clean address', async () => {
    const { pathname, search } = new URL(server.url);
    const answer = await ask(pathname + search);
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe('/');
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^vitrine_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(String(answer.headers['set-cookie'])).not.toContain(new URLSearchParams(search).get('key'));
    expect((await ask('/', { cookie })).body).toContain('<title>Vitrine</title>');
  });

  test.each([
    '/',
    '/?key=',
    '/?key=wrong',
    '/?key=a&key=b',
    '/assets/index-abc.js',
    `/media/${mediaPath}`,
    '/ws',
  ])('without cookie and key %s is refused', async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('a cookie of another run is refused', async () => {
    const name = cookie.split('=')[0];
    expect((await ask('/', { cookie: `${name}=${'A'.repeat(43)}` })).status).toBe(403);
  });

  test.each([
    ['a foreign name for this address', { host: 'rebound.example' }],
    ['a foreign name with the right port', { host: 'rebound.example:PORT' }],
    ['another port in the name', { host: '127.0.0.1:1' }],
    ['a page of another site', { origin: 'https://example.org' }],
    ['a page of another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { origin: 'null' }],
    [
      'a picture embedded in a page of another port',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'image' },
    ],
    [
      'a frame in another page',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
  ])('%s is refused even with the cookie', async (_what, headers) => {
    const named = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(server.port))]),
    );
    expect((await ask('/', { ...named, cookie })).status).toBe(403);
    const { 'sec-fetch-mode': mode, ...rest } = named;
    expect(await upgrade({ ...rest, ...(mode && { 'sec-fetch-mode': mode }), cookie })).toBe(403);
  });

  test('a socket opens with the cookie only', async () => {
    expect(await upgrade({ cookie, origin: `http://127.0.0.1:${server.port}` })).toBe(101);
    expect(await upgrade({ origin: `http://127.0.0.1:${server.port}` })).toBe(403);
  });

  test('listens on 127.0.0.1 and on no other address of this machine', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid)
      .map(({ address }) => address);
    const reached = await Promise.all(
      ['127.0.0.2', ...others].map(
        (host) =>
          new Promise<string[]>((resolve) => {
            const socket = connect({ host, port: server.port });
            socket.on('connect', () => resolve([host]) === undefined && socket.destroy());
            socket.on('error', () => resolve([]));
          }),
      ),
    );
    expect(reached.flat()).toEqual([]);
  });
});

describe('what it gives', () => {
  test.each(['/', '/assets/index-abc.js', `/media/${mediaPath}`, '/missing', '/media/x'])(
    '%s comes with a policy that lets nothing in from outside',
    async (path) => {
      const { headers } = await ask(path, { cookie });
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    },
  );

  test('media by hash may be kept for ever, the page may not', async () => {
    const media = await ask(`/media/${mediaPath}`, { cookie });
    expect(media).toMatchObject({ status: 200, body: 'a picture' });
    expect(media.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(media.headers['content-type']).toBe('image/webp');
    expect((await ask('/', { cookie })).headers['cache-control']).toBe('no-cache');
    expect((await ask('/assets/index-abc.js', { cookie })).headers['cache-control']).toContain('immutable');
  });

  test.each([
    '/media/../secret.txt',
    '/media/%2e%2e/secret.txt',
    '/media/..%2fsecret.txt',
    '/media/thumb/ab/..%2f..%2fsecret.txt',
    `/media/${mediaPath}%00.png`,
    `/media/thumb/00/${'0'.repeat(64)}.webp`,
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
  ])('%s is not there', async (path) => {
    const answer = await ask(path, { cookie });
    expect([400, 403, 404]).toContain(answer.status);
    expect(answer.body).not.toContain('a secret');
  });
});

describe('uploads', () => {
  const octets = { 'content-type': 'application/octet-stream' };

  test('only of methods that take bytes, and only bytes', async () => {
    const foreign = await ask('/call/tags.apply', { ...octets, cookie }, 'POST', Buffer.from('x'));
    expect(JSON.parse(foreign.body)).toMatchObject({ ok: false, fault: { code: 'request.unknown' } });
    const json = { 'content-type': 'application/json', cookie };
    const text = await ask('/call/query.image', json, 'POST', Buffer.from('{"bytes":1}'));
    expect(JSON.parse(text.body)).toMatchObject({ ok: false, fault: { code: 'request.invalid' } });
    expect((await ask('/call/query.image', octets, 'POST', Buffer.from('x'))).status).toBe(403);
  });

  test('larger than the limit is refused before it is read', async () => {
    const length = 256 * 1024 * 1024 + 1;
    const answer = await ask('/call/query.image', { ...octets, cookie, 'content-length': length }, 'POST');
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, fault: { code: 'request.too-large' } });
  });

  test('dropping the request cancels the call', async () => {
    const { port } = server;
    const headers = { ...octets, cookie };
    const path = '/call/query.image?name=slow';
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', headers });
    outgoing.on('error', () => undefined).end('x');
    await sleep(100);
    expect(small.aborted).not.toContain('query.image');
    outgoing.destroy();
    await expect.poll(() => small.aborted).toContain('query.image');
  });
});

describe('the socket', () => {
  const open = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, { headers: { cookie } });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return socket;
  };

  test.each([
    'not JSON',
    '{"kind":"hello"}',
    '{"kind":"call","method":"app.info","input":{}}',
    Buffer.from([1, 2]),
  ])('is closed on what is no message of the bridge', async (message) => {
    const socket = await open();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send(message);
    expect(await closed).toBe(1008);
  });

  test('cancels what a page asked for when the page goes', async () => {
    const socket = await open();
    const before = small.aborted.length;
    socket.send(JSON.stringify({ kind: 'call', callId: 'a', method: 'archive.verify', input: {} }));
    await sleep(50);
    socket.close();
    await expect.poll(() => small.aborted.slice(before)).toEqual(['archive.verify']);
  });

  test('cannot cancel the call of another page, even by its id', async () => {
    const [one, other] = [await open(), await open()];
    const before = small.aborted.length;
    one.send(JSON.stringify({ kind: 'call', callId: 'mine', method: 'archive.verify', input: {} }));
    await sleep(30);
    other.send(JSON.stringify({ kind: 'cancel', callId: 'mine' }));
    await sleep(50);
    expect(small.aborted.length).toBe(before);
    one.close();
    other.close();
  });
});
