import { z } from 'zod';
import type { FromCore } from '../../preload/contract/bridge.ts';
import type { Dispatcher } from './dispatch.ts';
import type { EventFeed } from './event-feed.ts';

const CallId = z.string().min(1).max(100);
const ToCore = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), callId: CallId, method: z.string().max(100), input: z.unknown() }),
  z.object({ kind: z.literal('cancel'), callId: CallId }),
]);

export interface Connection {
  /** Returns false when the message is not of the bridge: whoever sent it does not speak this language. */
  receive(message: unknown): boolean;
  /** The other side has gone: what it asked for is cancelled. */
  close(): void;
}

/** One caller that talks in messages, over a port or a socket; `post` sends one to it. */
export function createConnection(
  dispatcher: Dispatcher,
  feed: EventFeed,
  post: (message: FromCore) => void,
): Connection {
  const caller = dispatcher.caller();
  let open = true;
  const unsubscribe = feed.subscribe((event, payload) => post({ kind: 'event', event, payload }));

  return {
    receive(message) {
      const parsed = ToCore.safeParse(message);
      if (!parsed.success) return false;
      const { data } = parsed;
      if (data.kind === 'cancel') {
        caller.cancel(data.callId);
      } else {
        void caller.call(data).then((reply) => {
          if (open) post({ kind: 'reply', callId: data.callId, reply });
        });
      }
      return true;
    },
    close() {
      open = false;
      unsubscribe();
      caller.close();
    },
  };
}
