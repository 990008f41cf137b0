import { combine } from '../domain/vector.ts';
import type { Archive } from '../store/archive.ts';
import { itemVectorReader } from '../store/item-vectors.ts';
import type { ModelRow } from '../store/vectors.ts';
import { labelledCases } from './gather.ts';
import type { LabelledCases } from './statistics-tasks.ts';
import type { Truth } from './truth.ts';

/** A probe is for few examples; of more, the first ones (by item) are used. */
export const MOST_PROBE_ITEMS = 5_000;

/** What a probe of some labels is taught by. */
export interface ProbeCases {
  readonly cases: Omit<LabelledCases, 'logits'>;
  /** Case after case. */
  readonly features: Float32Array;
  /** Of each case. */
  readonly truth: readonly Truth[];
}

/** Items with one of these labels and a vector of the model, in the order of `truth`. */
export function probeCases(
  archive: Archive,
  { id, dimensions }: ModelRow,
  labels: readonly string[],
  truth: readonly Truth[],
): ProbeCases {
  const taught = truth
    .filter((one) => one.labels.length === 1 && labels.includes(one.labels[0] as string))
    .slice(0, MOST_PROBE_ITEMS);
  const vectors = meanVectors(
    archive,
    id,
    taught.map(({ itemId }) => itemId),
  );
  const kept = taught.filter(({ itemId }) => vectors.has(itemId));
  const features = new Float32Array(kept.length * dimensions);
  kept.forEach(({ itemId }, index) => features.set(vectors.get(itemId) as Float32Array, index * dimensions));
  const none = new Float64Array(labels.length);
  const { mode, found, patients } = labelledCases(
    'exclusive',
    labels,
    kept.map(() => none),
    kept,
  );
  return { cases: { mode, labels, found, patients }, features, truth: kept };
}

/** A slide or a stack of frames is taught by the mean of its regions. */
function meanVectors(
  archive: Archive,
  modelRow: number,
  itemIds: readonly number[],
): Map<number, Float32Array> {
  const parts = new Map<number, { vector: Float32Array; weight: number }[]>();
  for (const { itemId, regionKind, vector } of itemVectorReader(archive.db, modelRow).of(itemIds)) {
    if (regionKind === 'roi') continue;
    parts.set(itemId, [...(parts.get(itemId) ?? []), { vector, weight: 1 }]);
  }
  const means = new Map<number, Float32Array>();
  for (const [itemId, list] of parts) {
    const mean = combine(list);
    if (mean) means.set(itemId, mean);
  }
  return means;
}
