import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

import { ArchiveError } from '../../../preload/contract/faults.ts';

/** Under this name the count is handed to worker threads, which have modules of their own. */
const SHARED_COUNT = 'vitrine.blockedConnections';

const shared = getEnvironmentData(SHARED_COUNT);
const count = new Int32Array(shared instanceof SharedArrayBuffer ? shared : new SharedArrayBuffer(4));

/** Attempts refused since the start, in this process and those of its worker threads that have the guard. */
export function blockedConnections(): number {
  return Atomics.load(count, 0);
}

type Callback = (error: Error) => void;
type AnyFunction = (this: never, ...args: unknown[]) => unknown;
/** A built-in class or module, as something whose functions can be replaced by name. */
type Patchable = Record<string, AnyFunction | undefined>;

let installed = false;

/**
 * Makes the network unreachable for the JavaScript of this thread: every way out (TCP, TLS, HTTP, HTTP/2, fetch,
 * WebSocket, UDP, DNS) ends in an `offline.blocked` fault, given as that way gives its errors. What stays on this
 * machine stays possible: listening, 127.0.0.0/8 and ::1, sockets and pipes with a path.
 *
 * A belt, not a wall: it turns a dependency that wants to talk into a visible fault. Native code is not held by
 * it; what the program ships of that is told to be silent one by one (see hosts/environment.ts) and watched from
 * outside by the offline test. Call it first in every process and in every worker; twice does no harm.
 */
export function installOfflineGuard(): void {
  if (installed) return;
  installed = true;
  setEnvironmentData(SHARED_COUNT, count.buffer);
  guardStreams();
  guardDatagrams();
  guardNames();
  // Named imports of these modules, in whatever module, now see the guarded functions.
  syncBuiltinESMExports();
}

function refused(way: string): ArchiveError {
  Atomics.add(count, 0, 1);
  return new ArchiveError('offline.blocked', { way });
}

/** TLS, HTTP, HTTP/2, fetch and WebSocket all connect through this one method. */
function guardStreams(): void {
  const sockets = net.Socket.prototype as unknown as Patchable;
  const connect = sockets['connect'] as AnyFunction;
  sockets['connect'] = function (this: net.Socket, ...args) {
    if (staysHere(args)) return connect.apply(this as never, args);
    // The socket fails as it would for a name that is not there, which all that is built on sockets understands.
    const error = refused('tcp');
    const lookup = (_host: string, _options: unknown, callback: Callback) => callback(error);
    return connect.call(this as never, { host: 'blocked.invalid', port: 1, lookup });
  };
}

function guardDatagrams(): void {
  const sockets = dgram.Socket.prototype as unknown as Patchable;
  for (const name of ['send', 'connect']) {
    sockets[name] = function (this: dgram.Socket, ...args) {
      const error = refused('udp');
      const callback = args.at(-1);
      process.nextTick(() => {
        if (typeof callback === 'function') (callback as Callback)(error);
        else this.emit('error', error);
      });
    };
  }
}

function guardNames(): void {
  const byCallback = [dns, dns.Resolver.prototype] as unknown as Patchable[];
  const byPromise = [dns.promises, dns.promises.Resolver.prototype] as unknown as Patchable[];
  for (const owner of [...byCallback, ...byPromise]) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      const original = owner[name];
      if (typeof original !== 'function' || !/^(lookup|lookupService|resolve\w*|reverse)$/.test(name))
        continue;
      owner[name] = function (this: unknown, ...args) {
        const [host] = args;
        // Neither asks anybody: an address is answered as it is, localhost by the system.
        if (name === 'lookup' && typeof host === 'string' && (net.isIP(host) || host === 'localhost')) {
          return original.apply(this as never, args);
        }
        const error = refused('dns');
        const callback = args.at(-1);
        if (byPromise.includes(owner)) return Promise.reject(error);
        if (typeof callback === 'function') process.nextTick(callback as Callback, error);
        return undefined;
      };
    }
  }
}

/** Whether a socket's `connect`, in any of its forms (options, port and host, path), stays on this machine. */
function staysHere(args: readonly unknown[]): boolean {
  // `net.connect` hands its normalised arguments over as one array.
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'string' && !/^\d+$/.test(first)) return true; // A path.
  if (typeof first !== 'object' || first === null)
    return isLoopback(typeof second === 'string' ? second : null);
  const { path, host, lookup } = first as { path?: unknown; host?: unknown; lookup?: unknown };
  if (typeof path === 'string' && path !== '') return true;
  const name = typeof host === 'string' && host !== '' ? host : null;
  // A lookup of the caller's own could call anything localhost.
  return isLoopback(name) && (typeof lookup !== 'function' || net.isIP(name ?? '') !== 0);
}

/** @param host - null: none given, which Node takes as localhost. */
function isLoopback(host: string | null): boolean {
  if (host === null || host === 'localhost') return true;
  return net.isIPv4(host) ? host.startsWith('127.') : host === '::1';
}
