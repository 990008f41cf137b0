import { createHash } from 'node:crypto';
import type { ProbeReport } from '../../../preload/contract/calibrations.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import { combine } from '../domain/vector.ts';
import { itemVectorReader } from '../store/item-vectors.ts';
import { gatherCases, truthFor } from './gather.ts';
import { checkPanel } from './panel.ts';
import type { LabelParts } from './run-panel.ts';
import { statistics } from './statistics.ts';
import type { Truth } from './truth.ts';

/** Examples that a label needs to be learned. */
const FEWEST_PER_LABEL = 5;
/** A probe is for few examples; of more, the first ones (by item) are used. */
const MOST_ITEMS = 5_000;

/** Linear probes: few-shot classifiers over stored vectors, compared with the words they are to replace. */
export function createProbes({ archive, model, now = () => new Date() }: LabelParts) {
  /** @throws ArchiveError `probe.too-few` saying how many more, `panel.invalid` for independent labels. */
  async function fit(
    { panel, truth: given, by }: Request<'probe.fit'>,
    signal?: AbortSignal,
  ): Promise<ProbeReport> {
    checkPanel(panel);
    if (panel.mode !== 'exclusive')
      throw new ArchiveError('panel.invalid', { why: 'a probe is for exclusive labels' });
    const used = await model();
    const started = performance.now();
    const truth = truthFor(archive, panel, given).slice(0, MOST_ITEMS);
    const counts = new Map<string, number>();
    for (const { labels } of truth)
      for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    const labels = panel.labels
      .map(({ name }) => name)
      .filter((name) => (counts.get(name) ?? 0) >= FEWEST_PER_LABEL);
    if (labels.length < 2) refuseTooFew(panel.labels, counts);

    const taught = truth.filter((one) => labels.includes(one.labels[0] as string));
    const { cases, itemIds } = await gatherCases(archive, used, panel, taught, signal);
    const byItem = new Map(taught.map((one) => [one.itemId, one]));
    const { dimensions } = used.row;
    const vectors = meanVectors(used.row.id, itemIds);
    const kept = itemIds.filter((itemId) => vectors.has(itemId));
    const features = new Float32Array(kept.length * dimensions);
    kept.forEach((itemId, index) => features.set(vectors.get(itemId) as Float32Array, index * dimensions));
    const order = new Map(itemIds.map((itemId, index) => [itemId, index]));
    const places = labels.map((label) => cases.labels.indexOf(label));
    const task = {
      task: 'probe',
      labels: labels.length,
      dimensions,
      features,
      truth: Int32Array.from(kept, (itemId) =>
        labels.indexOf((byItem.get(itemId) as Truth).labels[0] as string),
      ),
      // Among the same labels, so that neither has to choose from more than the other.
      words: Int32Array.from(kept, (itemId) => {
        const row = (order.get(itemId) as number) * cases.labels.length;
        const logits = places.map((place) => cases.logits[row + place] as number);
        return logits.indexOf(Math.max(...logits));
      }),
      patients: kept.map((itemId) => (byItem.get(itemId) as Truth).patient),
    } as const;
    const { weights, report } = await statistics.probe(task, signal);
    const at = now().toISOString();
    const full = {
      panel: panel.name,
      modelId: used.row.bundleId,
      labels,
      ...report,
      tookMs: performance.now() - started,
      at,
      by,
    };
    const hash = createHash('sha256')
      .update(JSON.stringify(labels))
      .update(new Uint8Array(weights.buffer))
      .digest('hex');
    const probeId = archive.calibrations.addProbe({
      panel: panel.name,
      modelId: used.row.id,
      hash,
      labels: JSON.stringify(labels),
      weights,
      report: JSON.stringify(full),
      at,
    });
    return { probeId, ...full };
  }

  /** A slide or a stack of frames is taught by the mean of its regions. */
  function meanVectors(modelRow: number, itemIds: readonly number[]): Map<number, Float32Array> {
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

  function list({ panel }: Request<'probe.list'>): Output<'probe.list'> {
    return {
      probes: archive.calibrations
        .probesOf(panel)
        .map(({ id, report }) => ({ probeId: id, ...(JSON.parse(report) as Omit<ProbeReport, 'probeId'>) })),
    };
  }

  return { fit, list };
}

function refuseTooFew(labels: readonly { name: string }[], counts: ReadonlyMap<string, number>): never {
  // The two labels with most examples are the shortest way.
  const [first = 0, second = 0] = labels.map(({ name }) => counts.get(name) ?? 0).sort((a, b) => b - a);
  const more = Math.max(0, FEWEST_PER_LABEL - first) + Math.max(0, FEWEST_PER_LABEL - second);
  throw new ArchiveError('probe.too-few', { perLabel: FEWEST_PER_LABEL, more });
}
