import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createAppScheme } from '../../main/electron/app-scheme.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-scheme-'));
mkdirSync(join(folder, 'renderer/assets'), { recursive: true });
writeFileSync(join(folder, 'renderer/index.html'), 'the page');
writeFileSync(join(folder, 'renderer/assets/index-abc.js'), 'the script');
writeFileSync(join(folder, 'picture.webp'), 'a picture');
writeFileSync(join(folder, 'secret.html'), 'a secret');
mkdirSync(join(folder, 'renderer-of-another'));
writeFileSync(join(folder, 'renderer-of-another/x.js'), 'a secret');

const answer = createAppScheme(join(folder, 'renderer'), (path) =>
  Promise.resolve(path === 'thumb/ab/c.webp' ? join(folder, 'picture.webp') : null),
);
const ask = (url: string, method = 'GET') => answer({ url, method });

test.each([
  ['vitrine://app/', 'the page', 'text/html; charset=utf-8', 'no-cache'],
  ['vitrine://app/index.html#/search', 'the page', 'text/html; charset=utf-8', 'no-cache'],
  [
    'vitrine://app/assets/index-abc.js',
    'the script',
    'text/javascript; charset=utf-8',
    'max-age=31536000, immutable',
  ],
  ['vitrine://app/media/thumb/ab/c.webp', 'a picture', 'image/webp', 'max-age=31536000, immutable'],
])('%s is %s', async (url, body, type, caching) => {
  const response = await ask(url);
  expect(await response.text()).toBe(body);
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('cache-control')).toBe(caching);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self';");
});

test.each([
  'vitrine://app/missing.html',
  'vitrine://app/../secret.html',
  'vitrine://app/%2e%2e/secret.html',
  'vitrine://app/..%2fsecret.html',
  'vitrine://app/assets/..%2f..%2fsecret.html',
  'vitrine://app/..%2frenderer-of-another/x.js',
  'vitrine://app/%zz',
  'vitrine://app/index.html%00.js',
  'vitrine://app/media/../../picture.webp',
  'vitrine://app/media/thumb/ab/d.webp',
  'vitrine://app/assets',
])('%s is not there', async (url) => {
  const response = await ask(url);
  expect(response.status).toBe(404);
  expect(await response.text()).toBe('');
});

test('another host, another scheme or another method is refused', async () => {
  expect((await ask('vitrine://else/index.html')).status).toBe(403);
  expect((await ask('https://app/index.html')).status).toBe(403);
  expect((await ask('vitrine://app/index.html', 'POST')).status).toBe(403);
});
