import { readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';

import { securityHeaders } from '../hosts/security-headers.ts';

export const APP_ORIGIN = 'vitrine://app';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.bin': 'application/octet-stream',
};

/**
 * Answers the page's own requests: the built renderer, and below `/media/` derived pictures by content hash.
 * The same paths as on loopback, so that the renderer need not know where it runs.
 *
 * @param mediaFile - absolute path of a derived file by its media path, or null.
 */
export function createAppScheme(rendererFolder: string, mediaFile: (path: string) => Promise<string | null>) {
  return async (request: { readonly url: string; readonly method: string }): Promise<Response> => {
    const { origin, host, protocol, pathname } = new URL(request.url);
    // Of a scheme of its own Node gives no origin, Chromium does.
    const own = origin === APP_ORIGIN || `${protocol}//${host}` === APP_ORIGIN;
    if (!own || request.method !== 'GET') return answer(403, 'no-store');
    const path = pathname === '/' ? 'index.html' : decoded(pathname.slice(1));
    const isMedia = path.startsWith('media/');
    const file = isMedia ? await mediaFile(path.slice('media/'.length)) : join(rendererFolder, path);
    const type = file === null ? undefined : types[extname(file)];
    if (file === null || type === undefined) return answer(404, 'no-store');
    if (!isMedia && relative(rendererFolder, file).startsWith('..')) return answer(404, 'no-store');
    try {
      const caching = isMedia || path.startsWith('assets/') ? 'max-age=31536000, immutable' : 'no-cache';
      return answer(200, caching, await readFile(file), type);
    } catch {
      return answer(404, 'no-store');
    }
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

function answer(status: number, caching: string, body?: Buffer<ArrayBuffer>, type = 'text/plain'): Response {
  const headers = { ...securityHeaders, 'cache-control': caching, 'content-type': type };
  return new Response(body ?? null, { status, headers });
}
