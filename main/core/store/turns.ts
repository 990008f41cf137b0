import { setImmediate } from 'node:timers/promises';

/** How long a turn of work is meant to take; other calls come between two of them. */
const TURN_MS = 10;
const LEAST = 25;
const MOST = 4_000;

/**
 * Long work in short turns: how many rows one of them takes follows from how long the last one took.
 *
 * @param least - rows of a turn, whatever the clock says: where writing them takes less time than the disk does.
 */
export function createTurns(least = LEAST) {
  let rows = least;
  return async function turn<T>(work: (rows: number) => T): Promise<T> {
    const start = performance.now();
    const done = work(rows);
    const took = performance.now() - start;
    const fit = (rows * TURN_MS) / Math.max(took, 1);
    rows = Math.round(Math.min(MOST, Math.max(least, Math.min(fit, rows * 2))));
    await setImmediate();
    return done;
  };
}
