import { ArchiveError } from '../../../preload/contract/faults.ts';

/**
 * Lets some in at once and the others wait in line. Who waits can give up; who is in leaves by itself.
 *
 * @param places - how many are in at once.
 */
export function createGate(places: number) {
  const waiting = new Set<() => void>();
  let inside = 0;

  /** @returns what to call on leaving. @throws ArchiveError `request.cancelled` where the signal comes first. */
  function enter(signal: AbortSignal): Promise<() => void> {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const giveUp = () => {
      waiting.delete(admitted);
      reject(new ArchiveError('request.cancelled'));
    };
    const admitted = () => {
      signal.removeEventListener('abort', giveUp);
      inside += 1;
      resolve(leave);
    };
    if (signal.aborted) giveUp();
    else if (inside < places) admitted();
    else {
      waiting.add(admitted);
      signal.addEventListener('abort', giveUp, { once: true });
    }
    return promise;
  }

  function leave(): void {
    inside -= 1;
    for (const next of waiting) {
      waiting.delete(next);
      next();
      return;
    }
  }

  return { enter };
}
