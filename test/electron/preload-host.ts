import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';

import { createAppScheme } from '../../main/electron/app-scheme.ts';
import { servePorts, type CorePort } from '../../main/hosts/port-door.ts';
import type { ServedCore } from '../../main/hosts/served-core.ts';

const dist = join(import.meta.dirname, '../../dist');

/**
 * What stands around the built preload in its own world of the page: Electron's three modules, as far as it uses
 * them. `toShell` is a binding that only this world has. Bytes cross it as base64, all else as JSON.
 */
const preloadWorld = (preload: string) =>
  `(() => {
  const listeners = {};
  const ports = [];
  const tell = (message) => toShell(JSON.stringify(message, (_key, value) =>
    value instanceof Uint8Array ? { $bytes: btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join('')) } : value));
  globalThis.fromShell = ({ kind, id, data }) => {
    if (kind === 'close') return ports[id].close();
    if (kind === 'data') return ports[id].postMessage(data);
    const { port1, port2 } = new MessageChannel();
    ports[id] = port2;
    port2.onmessage = ({ data }) => tell({ kind: 'data', id, data });
    for (const listener of listeners['core-port'] ?? []) listener({ ports: [port1] });
  };
  const electron = {
    ipcRenderer: {
      on: (channel, listener) => (listeners[channel] ??= []).push(listener),
      send: (channel) => tell({ kind: 'send', channel }),
      invoke: (channel, argument) => Promise.resolve(channel + ' ' + argument),
    },
    webUtils: { getPathForFile: (file) => '/dropped/' + file.name },
    contextBridge: {
      exposeInMainWorld(name, api) {
        const describe = () => dispatchEvent(new CustomEvent('bridge-is', { detail: JSON.stringify({ name, api,
          functions: Object.keys(api).filter((key) => typeof api[key] === 'function') }) }));
        addEventListener('bridge-wanted', describe);
        addEventListener('message', ({ data, ports: [port] }) => {
          if (data !== 'bridge-port') return;
          port.onmessage = async ({ data: { id, key, args } }) => {
            const given = args.map((arg) => arg?.$listener === undefined ? arg
              : (payload) => port.postMessage({ listener: arg.$listener, payload }));
            const value = await api[key](...given);
            port.postMessage({ id, value: typeof value === 'function' ? null : value });
          };
        });
        describe();
      },
    },
  };
  new Function('require', preload_source)((module) => module === 'electron' ? electron : undefined);
})()`.replace('preload_source', () => JSON.stringify(preload));

/** The page's side of the context bridge: what was exposed, as functions that copy arguments and answers. */
const pageWorld = `(() => {
  const { port1, port2 } = new MessageChannel();
  const waiting = [];
  const listeners = [];
  port1.onmessage = ({ data }) => 'listener' in data ? listeners[data.listener](data.payload) : waiting[data.id](data.value);
  addEventListener('bridge-is', ({ detail }) => {
    const { name, api, functions } = JSON.parse(detail);
    if (name in window) return;
    for (const key of functions) {
      api[key] = (...args) => {
        const copies = args.map((arg) => typeof arg === 'function' ? { $listener: listeners.push(arg) - 1 } : arg);
        const answer = new Promise((resolve) => port1.postMessage({ id: waiting.push(resolve) - 1, key, args: copies }));
        return key === 'on' ? () => undefined : answer;
      };
    }
    window[name] = Object.freeze(api);
    window.postMessage('bridge-port', location.origin, [port2]);
  });
  dispatchEvent(new CustomEvent('bridge-wanted'));
})()`;

/**
 * Opens the built renderer with the built preload in a real Chromium: the preload in an isolated world, as the
 * sandbox has it, the page under the headers of the shell's scheme, calls over the door of the utility process.
 */
export async function openShellPage(
  browser: Browser,
  core: ServedCore,
  rendererFolder = join(dist, 'renderer'),
) {
  const scheme = createAppScheme(rendererFolder, (path) => core.mediaFile(path));
  const server = createServer((request, response) => {
    void scheme({ url: `vitrine://app${request.url ?? '/'}`, method: request.method ?? 'GET' }).then(
      async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(Buffer.from(await answer.arrayBuffer()));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const shell = new EventEmitter();
  const defects: unknown[] = [];
  servePorts(
    { on: (event, listener) => shell.on(event, listener), postMessage: () => undefined },
    core,
    (_method, thrown) => defects.push(thrown),
  );

  const context = await browser.newContext();
  const tab = await context.newPage();
  const complaints: string[] = [];
  tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  tab.on('pageerror', (error) => complaints.push(error.message));

  const devtools = await context.newCDPSession(tab);
  const ports: EventEmitter[] = [];
  let world = 0;
  const say = (message: object) =>
    void devtools
      .send('Runtime.evaluate', { contextId: world, expression: `fromShell(${JSON.stringify(message)})` })
      .catch(() => undefined); // The page has gone.

  function connect(): void {
    const id = ports.length;
    const port = new EventEmitter();
    ports.push(port);
    say({ kind: 'port', id });
    const corePort: CorePort = {
      on: (event, listener) => port.on(event, listener),
      postMessage: (data) => say({ kind: 'data', id, data }),
      start: () => undefined,
      close: () => say({ kind: 'close', id }),
    };
    shell.emit('message', { data: { kind: 'connect' }, ports: [corePort] });
  }

  devtools.on('Runtime.bindingCalled', ({ payload, executionContextId }) => {
    world = executionContextId;
    const message = JSON.parse(payload, revive) as { kind: string; id: number; data: unknown };
    if (message.kind === 'send') connect();
    else ports[message.id]?.emit('message', { data: message.data });
  });
  await devtools.send('Page.enable');
  await devtools.send('Runtime.enable');
  await devtools.send('Runtime.addBinding', { name: 'toShell', executionContextName: 'preload' });
  const preload = readFileSync(join(dist, 'preload/index.cjs'), 'utf8');
  await devtools.send('Page.addScriptToEvaluateOnNewDocument', {
    source: preloadWorld(preload),
    worldName: 'preload',
  });
  await devtools.send('Page.addScriptToEvaluateOnNewDocument', { source: pageWorld });
  const { port } = server.address() as AddressInfo;
  await tab.goto(`http://127.0.0.1:${port}/`);

  return {
    tab,
    defects,
    complaints,
    /** The core's process ends: the page's end of the channel closes. */
    endCore: () => say({ kind: 'close', id: ports.length - 1 }),
    /** The shell has started the core again and sends another channel. */
    restartCore: connect,
    close: async () => {
      await context.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function revive(_key: string, value: unknown): unknown {
  const bytes = typeof value === 'object' && value !== null && '$bytes' in value ? value.$bytes : undefined;
  return typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'base64')) : value;
}
