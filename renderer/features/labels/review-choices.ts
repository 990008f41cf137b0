import type { QueueEntry } from '../../../preload/contract/reviews.ts';

export interface Choice {
  readonly label: string;
  readonly probability: number;
  /** Category colour, 1 to 8, by the label's place in the panel. */
  readonly category: number;
  readonly suggested: boolean;
}

/** Labels of an item in the panel's order, which does not move from item to item: fingers learn it. */
export function choicesOf(names: readonly string[], entry: QueueEntry, exclusive: boolean): Choice[] {
  const [first] = entry.ranked;
  return names.map((label, at) => {
    const probability = entry.ranked.find((ranked) => ranked.label === label)?.probability ?? 0;
    const suggested = exclusive ? label === first?.label : probability >= 0.5;
    return { label, probability, category: (at % 8) + 1, suggested };
  });
}
