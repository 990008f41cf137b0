import { createHash } from 'node:crypto';
import type { ProbeReport } from '../../../preload/contract/calibrations.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import { gatherCases, truthFor } from './gather.ts';
import { truthOf } from './measure.ts';
import { checkPanel } from './panel.ts';
import { MOST_PROBE_ITEMS, probeCases } from './probe-cases.ts';
import type { LabelParts } from './run-panel.ts';
import { statistics } from './statistics.ts';

/** Examples that a label needs to be learned. */
const FEWEST_PER_LABEL = 5;

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
    const truth = truthFor(archive, panel, given).slice(0, MOST_PROBE_ITEMS);
    const counts = new Map<string, number>();
    for (const { labels } of truth)
      for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    const labels = panel.labels
      .map(({ name }) => name)
      .filter((name) => (counts.get(name) ?? 0) >= FEWEST_PER_LABEL);
    if (labels.length < 2) refuseTooFew(panel.labels, counts);

    const { cases: words, itemIds } = await gatherCases(
      archive,
      used,
      panel,
      truth.filter((one) => labels.includes(one.labels[0] as string)),
      signal,
    );
    const taught = probeCases(archive, used.row, labels, truth);
    const order = new Map(itemIds.map((itemId, index) => [itemId, index]));
    const places = labels.map((label) => words.labels.indexOf(label));
    const task = {
      task: 'probe',
      labels: labels.length,
      dimensions: used.row.dimensions,
      features: taught.features,
      truth: truthOf({ ...taught.cases, logits: new Float64Array() }),
      // Among the same labels, so that neither has to choose from more than the other.
      words: Int32Array.from(taught.truth, ({ itemId }) => {
        const row = (order.get(itemId) as number) * words.labels.length;
        const logits = places.map((place) => words.logits[row + place] as number);
        return logits.indexOf(Math.max(...logits));
      }),
      patients: taught.cases.patients,
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
