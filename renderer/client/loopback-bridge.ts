import type { Bridge, FromCore, ToCore } from '../../preload/contract/bridge.ts';
import { ArchiveError, faultOf, type FaultCode, type Reply } from '../../preload/contract/faults.ts';
import { CONNECTION_EVENT } from './events.ts';

const FIRST_RETRY_MS = 300;
const LAST_RETRY_MS = 5_000;

type Answer = (reply: Reply<unknown>) => void;

const refuse = (code: FaultCode): Reply<never> => ({ ok: false, fault: faultOf(new ArchiveError(code)) });

/**
 * The bridge of a browser: JSON over a WebSocket to the loopback door, which knows this browser by its cookie.
 * When the socket closes, every waiting call is answered `core.stopped` and the socket is opened again; calls
 * made in between wait for that attempt.
 */
export function loopbackBridge(location: Location): Bridge {
  const waiting = new Map<string, Answer>();
  /** Calls made while there is no socket. */
  const unsent: ToCore[] = [];
  const uploads = new Map<string, AbortController>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  let socket: WebSocket;
  let retryMs = FIRST_RETRY_MS;

  function emit(event: string, payload: unknown): void {
    for (const listener of listeners.get(event) ?? []) listener(payload);
  }

  function answer(callId: string, reply: Reply<unknown>): void {
    waiting.get(callId)?.(reply);
    waiting.delete(callId);
  }

  function connect(): void {
    socket = new WebSocket(`ws://${location.host}/ws`);
    socket.onopen = () => {
      retryMs = FIRST_RETRY_MS;
      for (const message of unsent.splice(0)) socket.send(JSON.stringify(message));
      emit(CONNECTION_EVENT, true);
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as FromCore;
      if (message.kind === 'event') emit(message.event, message.payload);
      else answer(message.callId, message.reply);
    };
    socket.onclose = () => {
      unsent.length = 0;
      for (const callId of [...waiting.keys()]) answer(callId, refuse('core.stopped'));
      emit(CONNECTION_EVENT, false);
      setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    };
  }

  function send(message: ToCore): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    else if (message.kind === 'call') unsent.push(message);
  }

  /**
   * A picture's bytes do not fit JSON: they go as a request body, and the answer is the same Reply. Dropping the
   * request is how it is cancelled.
   */
  async function upload(
    method: string,
    bytes: Uint8Array<ArrayBuffer>,
    name: string,
    callId: string,
  ): Promise<Reply<unknown>> {
    const query = new URLSearchParams({ name, callId });
    const abort = new AbortController();
    uploads.set(callId, abort);
    try {
      const response = await fetch(`/call/${method}?${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: bytes,
        signal: abort.signal,
      });
      if (response.status === 413) return refuse('request.too-large');
      return (await response.json()) as Reply<unknown>;
    } catch {
      return refuse(abort.signal.aborted ? 'request.cancelled' : 'core.stopped');
    } finally {
      uploads.delete(callId);
    }
  }

  connect();

  return {
    call(method, input, callId) {
      const { bytes, name } = input as { bytes?: unknown; name?: unknown };
      if (bytes instanceof Uint8Array) {
        return upload(method, new Uint8Array(bytes), typeof name === 'string' ? name : 'picture', callId);
      }
      return new Promise((resolve) => {
        waiting.set(callId, resolve);
        send({ kind: 'call', callId, method, input });
      });
    },
    cancel(callId) {
      const upload = uploads.get(callId);
      const at = unsent.findIndex((message) => message.callId === callId);
      if (upload) upload.abort();
      else if (at < 0) send({ kind: 'cancel', callId });
      else {
        unsent.splice(at, 1);
        answer(callId, refuse('request.cancelled'));
      }
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => void set.delete(listener);
    },
    mediaBase: '/media/',
  };
}
