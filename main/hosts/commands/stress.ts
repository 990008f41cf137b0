import { basename } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Drop, StressFigures } from '../../../preload/contract/stress.ts';
import type { Answer, CommandContext } from './context.ts';
import { followJob } from './follow-job.ts';
import { readText } from './given-file.ts';
import { table } from './table.ts';

export interface StressOptions {
  readonly truth?: string;
  /** Looks for pictures with the captions that the archive has of them. */
  readonly ownCaptions?: boolean;
  readonly sample?: number;
}

/** `evaluate --stress`: what retrieval loses when pictures are changed as devices and readers do. */
export async function evaluateStress(
  context: CommandContext,
  { truth, ownCaptions = false, sample }: StressOptions,
): Promise<Answer> {
  const { call } = context;
  const { jobId } = await call('evaluation.stress', {
    captions: ownCaptions,
    ...(truth !== undefined && { truth: readText(truth), name: basename(truth).slice(0, 120) }),
    ...(sample !== undefined && { sample }),
  });
  const { evaluationId } = await followJob(context, jobId);
  if (evaluationId === null) throw new ArchiveError('request.cancelled', { jobId });
  const { stress, ...found } = await call('evaluation.get', { evaluationId });
  if (!stress) throw new ArchiveError('evaluation.unknown', { evaluationId });
  const { sampled, ranked, unread, labelled, pairs, perturbations } = stress;
  const head = `stress set, evaluation ${evaluationId}: ${sampled} items changed, among ${ranked}, ${unread} left out; ${labelled} with a label to find, ${pairs} pairs of words and picture`;
  const { evaluationId: id, name, model, generation, at, settings } = found;
  return {
    json: { evaluationId: id, name, model, generation, at, settings, jobId, ...stress },
    text: `${head}\n${table([heads, ...perturbations.map(rowOf)])}`,
  };
}

const heads = ['change', 'n', 'cosine', 'own place', 'itself MRR', 'alike mAP', 'by words MRR'];

function rowOf({ words, n, cosine, selfRank, self, alike, byWords }: StressFigures): (string | number)[] {
  return [
    words,
    n,
    cosine?.value.toFixed(3) ?? '',
    n === 0 ? '' : `${selfRank.before} → ${selfRank.after}`,
    dropOf(self, 'mrr'),
    dropOf(alike, 'map'),
    dropOf(byWords, 'mrr'),
  ];
}

function dropOf(drops: readonly Drop[] | null, figure: string): string {
  const difference = drops?.find((one) => one.figure === figure)?.difference;
  if (!difference) return '';
  const signed = (value: number) => (value > 0 ? '+' : '') + value.toFixed(3);
  return `${signed(difference.value)} (${signed(difference.low)} to ${signed(difference.high)})`;
}
