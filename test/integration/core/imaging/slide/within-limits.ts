import { expect } from 'vitest';

import { inspectSlide } from '../../../../../main/core/imaging/slide/inspect-slide.ts';
import { ArchiveError } from '../../../../../preload/contract/faults.ts';

const LONGEST_MS = 2000;
const MOST_MEMORY = 512 * 1024 * 1024;

/** What became of a file made to harm; anything but a fault or an answer, in time and memory, fails the test. */
export async function outcomeWithinLimits(path: string): Promise<string> {
  const before = performance.now();
  const memory = process.memoryUsage().rss;
  const result = await inspectSlide(path, { library: 'none' }).then(
    () => 'read',
    (error: unknown) => {
      if (error instanceof ArchiveError) return error.code;
      throw error;
    },
  );
  expect(performance.now() - before).toBeLessThan(LONGEST_MS);
  expect(process.memoryUsage().rss - memory).toBeLessThan(MOST_MEMORY);
  return result;
}

/** Whole numbers below a bound, the same in every run. */
export function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}
