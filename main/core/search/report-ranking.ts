import { type Background, backgroundOf, liftOf } from '../domain/background.ts';
import type { ReadDb } from '../store/database.ts';
import { type PartRow, reportVectorReader } from '../store/report-vectors.ts';
import { exactScore } from './exact-score.ts';

export interface RankedReport {
  readonly reportId: number;
  readonly itemId: number;
  /** Of the passage that fits best. */
  readonly start: number;
  readonly length: number;
  /** Cosine of that passage to the query. */
  readonly similarity: number;
  /** In spreads above all reports for this query. */
  readonly lift: number;
}

export interface ReportsWish {
  readonly vectors: readonly Float32Array[];
  /** Whose reports are left out. */
  readonly ownItems: readonly number[];
  readonly limit: number;
}

export interface RankedReports {
  readonly hits: readonly RankedReport[];
  readonly reports: number;
  readonly background: Background;
}

/**
 * Reports by how well their best passage fits the query, or the best of several query vectors. Reports are only compared
 * with reports: a text is nearer to any text than to any picture, so that one list of both would be all of one kind.
 *
 * @see Liang et al. (2022), Mind the gap: the modality gap of models with two towers.
 */
export function rankReports(db: ReadDb, modelId: number, wish: ReportsWish): RankedReports {
  const own = new Set(wish.ownItems);
  const best = new Map<number, Omit<PartRow, 'vector' | 'truncated'> & { similarity: number }>();
  for (const { reportId, itemId, start, length, vector } of reportVectorReader(db).all(modelId)) {
    if (own.has(itemId)) continue;
    const similarity = Math.max(...wish.vectors.map((query) => exactScore(query, vector)));
    if (similarity > (best.get(reportId)?.similarity ?? -Infinity))
      best.set(reportId, { reportId, itemId, start, length, similarity });
  }
  const all = [...best.values()];
  const background = backgroundOf(Float64Array.from(all, ({ similarity }) => similarity));
  const hits = all
    .sort((a, b) => b.similarity - a.similarity || a.reportId - b.reportId)
    .slice(0, wish.limit)
    .map((one) => ({ ...one, lift: liftOf(one.similarity, background) }));
  return { hits, reports: all.length, background };
}
