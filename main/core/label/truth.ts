import type { DecidedRow } from '../store/reviews.ts';

/** What is right about an item. */
export interface Truth {
  readonly itemId: number;
  /** One label of an exclusive panel; any number of an independent one. */
  readonly labels: readonly string[];
  readonly patient: string | null;
}

export interface Reviewed {
  readonly settled: readonly Truth[];
  /** Items on which readers differ: no part of any fit or figure until one of them changes an answer. */
  readonly disputed: readonly number[];
}

/** A decision that names what is right; a rejection, a doubt and a skip do not. */
export const namesLabels = ({ verdict }: Pick<DecidedRow, 'verdict'>): boolean =>
  verdict === 'confirm' || verdict === 'correct';

/** What the decisions in force add up to, item by item. */
export function settle(decisions: readonly DecidedRow[]): Reviewed {
  const byItem = new Map<number, DecidedRow[]>();
  for (const decision of decisions) {
    if (!namesLabels(decision)) continue;
    byItem.set(decision.itemId, [...(byItem.get(decision.itemId) ?? []), decision]);
  }
  const settled: Truth[] = [];
  const disputed: number[] = [];
  for (const [itemId, [first, ...others]] of byItem) {
    if (!first) continue;
    const labels = sortedLabels(first);
    if (others.some((other) => sortedLabels(other).join('\n') !== labels.join('\n'))) disputed.push(itemId);
    else settled.push({ itemId, labels, patient: first.patient });
  }
  return { settled, disputed };
}

const sortedLabels = ({ labels }: DecidedRow): string[] => (JSON.parse(labels) as string[]).sort();
