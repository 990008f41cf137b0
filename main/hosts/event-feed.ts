import { events, type EventName } from '../../preload/contract/events.ts';
import type { ServedCore } from './served-core.ts';

export type EventListener = (event: EventName, payload: unknown) => void;

export interface EventFeed {
  /** Returns the function that stops listening. */
  subscribe(listener: EventListener): () => void;
  close(): void;
}

/** Ten a second: what an eye can follow. */
const INTERVAL_MS = 100;

/**
 * What the core tells, for the callers of one door: at most ten a second per event and job, the newest wins and
 * the last is always delivered. Payloads are held to the contract like answers; one that does not fit is
 * a defect and stays here.
 */
export function createEventFeed(
  core: Pick<ServedCore, 'on'>,
  logDefect: (event: string, thrown: unknown) => void,
): EventFeed {
  const listeners = new Set<EventListener>();
  const resting = new Map<
    string,
    { newest?: { event: EventName; payload: unknown }; timer: NodeJS.Timeout }
  >();

  function deliver(event: EventName, payload: unknown): void {
    const parsed = events[event].safeParse(payload);
    if (!parsed.success) return logDefect(event, parsed.error);
    for (const listener of listeners) listener(event, parsed.data);
  }

  function rest(key: string): void {
    const timer = setTimeout(() => {
      const newest = resting.get(key)?.newest;
      resting.delete(key);
      if (!newest) return;
      rest(key);
      deliver(newest.event, newest.payload);
    }, INTERVAL_MS);
    resting.set(key, { timer });
  }

  const stop = core.on((event, payload) => {
    const key = keyOf(event, payload);
    const entry = resting.get(key);
    if (entry) {
      entry.newest = { event, payload };
    } else {
      rest(key);
      deliver(event, payload);
    }
  });

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      stop();
      for (const { timer } of resting.values()) clearTimeout(timer);
      resting.clear();
      listeners.clear();
    },
  };
}

/** Two jobs at once do not push each other's news aside. */
function keyOf(event: EventName, payload: unknown): string {
  const jobId =
    typeof payload === 'object' && payload !== null && 'jobId' in payload ? String(payload.jobId) : '';
  return `${event} ${jobId}`;
}
