import type { Bridge } from '../../preload/contract/bridge.ts';
import type { EventName, Payload } from '../../preload/contract/events.ts';

/** Listens to an event of the core; returns the function that stops listening. */
export function listen<E extends EventName>(
  bridge: Bridge,
  event: E,
  listener: (payload: Payload<E>) => void,
): () => void {
  // Doors send only what the contract names; see main/hosts.
  return bridge.on(event, listener as (payload: unknown) => void);
}

/** Told by the bridge itself, not by the core: whether the core can be reached. Payload: boolean. */
export const CONNECTION_EVENT = 'bridge.connected';
