import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Who may talk to the loopback door. Other programs and web pages on this machine can reach its port, so a caller
 * must have been given the key, which only the printed address holds; a page of another origin is refused even
 * when the browser would add the cookie.
 */
export function createAccess() {
  const key = randomBytes(32).toString('base64url');
  // Not the key itself: the address stays in the browser's history, the session ends with the program.
  const session = randomBytes(32).toString('base64url');

  return {
    key,
    session,
    opens: (given: unknown) => equal(given, key),
    admits: (cookie: unknown) => equal(cookie, session),
  };
}

function equal(given: unknown, expected: string): boolean {
  if (typeof given !== 'string') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * Whether a request comes from a page of this server or from no page at all. `Host` guards against a foreign name
 * that was pointed at 127.0.0.1, `Origin` and `Sec-Fetch-Site` against other pages, those on other ports of this
 * machine included (for a cookie, ports are the same site).
 */
export function isOwnRequest(headers: IncomingHttpHeaders, port: number): boolean {
  const hosts = ['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${port}`).host);
  if (headers.host === undefined || !hosts.includes(headers.host)) return false;
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return false;
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  // A link in another page may open this one; it still gets nowhere without the cookie or the key.
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}
