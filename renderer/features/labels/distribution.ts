import type { PanelRun, Prediction } from '../../../preload/contract/labels.ts';

export const BINS = 24;

export interface Distribution {
  readonly label: string;
  /** Items that have it first; of independent labels, that have it. */
  readonly first: number;
  /** Share of all items of the run, 0 to 1. */
  readonly share: number;
  /** Items per bin of this label's probability, 0 to 1; split by whether it is said of the item. */
  readonly others: readonly number[];
  readonly firsts: readonly number[];
}

/** From what probability on an independent label is said of an item. */
export const lineOf = ({ abstention }: PanelRun): number =>
  abstention.is === 'threshold' ? Math.max(0.5, abstention.below) : 0.5;

/** Per label of a run: how its probability is spread over the sampled items. */
export function distributions(run: PanelRun, sample: readonly Prediction[]): Distribution[] {
  const bins = new Map(
    run.first.map(({ label }) => [
      label,
      { others: Array<number>(BINS).fill(0), firsts: Array<number>(BINS).fill(0) },
    ]),
  );
  const independent = run.scorer === 'words' && run.panel.mode === 'independent';
  const line = lineOf(run);
  for (const { ranked } of sample) {
    ranked.forEach(({ label, probability }, place) => {
      const said = independent ? probability >= line : place === 0;
      const target = bins.get(label)?.[said ? 'firsts' : 'others'];
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
