import type { Abstention } from '../../../preload/contract/labels.ts';
import type { Panel } from '../../../preload/contract/panels.ts';
import { conformalSet } from '../domain/statistics/conformal.ts';

/**
 * Whether a run says "uncertain" of an item.
 *
 * Of independent labels each is decided for itself, present or absent; an item is certain when all are.
 */
export function isUncertain(
  probabilities: Float64Array,
  abstention: Abstention,
  mode: Panel['mode'],
): boolean {
  if (abstention.is === 'never') return false;
  if (abstention.is === 'conformal') return conformalSet(probabilities, abstention.quantile).length !== 1;
  return certaintyOf(probabilities, mode) < abstention.below;
}

/** Probability of what would be said: the best label's, or the least sure one's of independent labels. */
export function certaintyOf(probabilities: Float64Array, mode: Panel['mode']): number {
  return mode === 'exclusive'
    ? probabilities.reduce((a, b) => Math.max(a, b), 0)
    : probabilities.reduce((least, value) => Math.min(least, Math.max(value, 1 - value)), 1);
}

/** Of independent labels: places of those that the item has, each above one half and above the run's line; else null. */
export function saidLabels(
  probabilities: Float64Array,
  abstention: Abstention,
  mode: Panel['mode'],
): Uint8Array | null {
  if (mode === 'exclusive') return null;
  const line = abstention.is === 'threshold' ? Math.max(0.5, abstention.below) : 0.5;
  return Uint8Array.from(probabilities.keys()).filter((place) => (probabilities[place] as number) >= line);
}
