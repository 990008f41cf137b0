import type { PanelRun, Prediction } from '../../../preload/contract/labels.ts';

export const BINS = 24;

export interface Distribution {
  readonly label: string;
  /** Items that have it first. */
  readonly first: number;
  /** Share of all items of the run, 0 to 1. */
  readonly share: number;
  /** Items per bin of this label's probability, 0 to 1; split by whether the label came first. */
  readonly others: readonly number[];
  readonly firsts: readonly number[];
}

/** Per label of a run: how its probability is spread over the sampled items. */
export function distributions(run: PanelRun, sample: readonly Prediction[]): Distribution[] {
  const bins = new Map(
    run.first.map(({ label }) => [
      label,
      { others: Array<number>(BINS).fill(0), firsts: Array<number>(BINS).fill(0) },
    ]),
  );
  for (const { ranked } of sample) {
    ranked.forEach(({ label, probability }, place) => {
      const target = bins.get(label)?.[place === 0 ? 'firsts' : 'others'];
      const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
      if (target) target[bin] = (target[bin] ?? 0) + 1;
    });
  }
  return run.first.map(({ label, items }) => ({
    label,
    first: items,
    share: run.items > 0 ? items / run.items : 0,
    others: bins.get(label)?.others ?? [],
    firsts: bins.get(label)?.firsts ?? [],
  }));
}
