import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Archive } from '../store/archive.ts';
import { toFloats, type ModelRow } from '../store/vectors.ts';
import type { Scorer } from './scorer.ts';

export interface OpenProbe {
  /** SHA-256 of its labels and weights. */
  readonly hash: string;
  readonly labels: readonly string[];
  readonly intercepts: Float32Array;
  readonly scorer: Scorer;
}

/** @throws ArchiveError `probe.unknown` when it is not there, or was fitted to vectors of another model. */
export function openProbe(archive: Archive, probeId: number, model: ModelRow): OpenProbe {
  const row = archive.calibrations.probe(probeId);
  if (row?.modelId !== model.id) throw new ArchiveError('probe.unknown', { probeId });
  const labels = JSON.parse(row.labels) as string[];
  const values = toFloats(row.weights);
  const size = labels.length * model.dimensions;
  return {
    hash: row.hash,
    labels,
    intercepts: values.slice(size),
    scorer: { rows: values.slice(0, size), scale: 1, truncatedPrompts: 0 },
  };
}
