import { contextBridge, ipcRenderer, webUtils } from 'electron';

import type { Bridge, FromCore, ToCore } from './contract/bridge.ts';
import { ArchiveError, faultOf, type Reply } from './contract/faults.ts';

const waiting = new Map<string, (reply: Reply<unknown>) => void>();
const listeners = new Map<string, Set<(payload: unknown) => void>>();
/** What was said while there was no core to say it to. */
const unsent: ToCore[] = [];
let core: MessagePort | null = null;

// The shell answers with one end of a channel whose other end is the core's: from then on calls go straight to
// the core and the shell is not on their way. It sends another one, unasked, when it has started the core again;
// asking makes it right after a reload of the page.
ipcRenderer.on('core-port', (event) => {
  const [port] = event.ports;
  if (!port) throw new Error('core-port came without a port');
  core = port;
  port.onmessage = ({ data }: MessageEvent<FromCore>) => receive(data);
  port.addEventListener('close', () => lost(port));
  for (const message of unsent.splice(0)) port.postMessage(message);
  tell('bridge.connected', true);
});
ipcRenderer.send('core-port');

function receive(message: FromCore): void {
  if (message.kind === 'event') return tell(message.event, message.payload);
  waiting.get(message.callId)?.(message.reply);
  waiting.delete(message.callId);
}

/** The core has ended: what it was asked will not be answered. New calls wait for the next one. */
function lost(port: MessagePort): void {
  if (core !== port) return;
  core = null;
  const fault = faultOf(new ArchiveError('core.stopped'));
  for (const answer of waiting.values()) answer({ ok: false, fault });
  waiting.clear();
  tell('bridge.connected', false);
}

function send(message: ToCore): void {
  if (core) core.postMessage(message);
  else unsent.push(message);
}

function tell(event: string, payload: unknown): void {
  for (const listener of listeners.get(event) ?? []) listener(payload);
}

// Replies, not rejections: the context bridge strips an Error of all but its message.
const bridge: Bridge = {
  call: (method, input, callId) =>
    new Promise((resolve) => {
      waiting.set(callId, resolve);
      send({ kind: 'call', callId, method, input });
    }),
  cancel: (callId) => send({ kind: 'cancel', callId }),
  on(event, listener) {
    const set = listeners.get(event) ?? new Set();
    listeners.set(event, set.add(listener));
    return () => void set.delete(listener);
  },
  // Below the page's own origin, so that pictures need no exception in the content security policy.
  mediaBase: '/media/',
  chooseFolder: (purpose) => ipcRenderer.invoke('choose-folder', purpose) as Promise<string | null>,
  pathOf: (file) => webUtils.getPathForFile(file as File),
};

contextBridge.exposeInMainWorld('vitrine', bridge);
