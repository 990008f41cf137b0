import type { DataSet } from './parse.ts';
import { tags } from './tags.ts';
import { text } from './values.ts';

/** Whether the pixels themselves may show who the person is. */
export interface Identity {
  readonly verdict: 'clear' | 'held';
  /** Names of attributes that led to it; never their values. */
  readonly reasons: readonly string[];
}

/**
 * Names in the header do not count: they are dropped at the door. What is drawn into the picture cannot be, so a
 * file that says it has annotations burned in is held.
 */
export function identityOf(dataSet: DataSet): Identity {
  const burnedIn = text(dataSet, tags.burnedInAnnotation)?.toUpperCase() === 'YES';
  return burnedIn ? { verdict: 'held', reasons: ['BurnedInAnnotation'] } : { verdict: 'clear', reasons: [] };
}
