import { type Background, backgroundOf, liftOf } from '../../domain/background.ts';
import type { ReadDb } from '../../store/database.ts';
import { reportVectorReader } from '../../store/report-vectors.ts';
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

interface BestPart {
  readonly reportId: number;
  readonly part: number;
  readonly similarity: number;
}

/** Passages between two questions whether to go on. */
const PARTS_AT_ONCE = 4096;

/**
 * Reports by how well their best passage fits the query, or the best of several query vectors. Reports are only compared
 * with reports: a text is nearer to any text than to any picture, so that one list of both would be all of one kind.
 *
 * @param goOn - called again and again; what it throws ends the work.
 * @see Liang et al. (2022), Mind the gap: the modality gap of models with two towers.
 */
export function rankReports(db: ReadDb, modelId: number, wish: ReportsWish, goOn: () => void): RankedReports {
  const reader = reportVectorReader(db);
  const own = new Set(reader.ofItems(wish.ownItems));
  const best = new Map<number, BestPart>();
  let read = 0;
  for (const [reportId, part, vector] of reader.vectors(modelId)) {
    if (read++ % PARTS_AT_ONCE === 0) goOn();
    if (own.has(reportId)) continue;
    let similarity = -Infinity;
    for (const query of wish.vectors) similarity = Math.max(similarity, exactScore(query, vector));
    if (similarity > (best.get(reportId)?.similarity ?? -Infinity))
      best.set(reportId, { reportId, part, similarity });
  }
  const all = [...best.values()];
  const background = backgroundOf(Float64Array.from(all, ({ similarity }) => similarity));
  const hits = all
    .sort((a, b) => b.similarity - a.similarity || a.reportId - b.reportId)
    .slice(0, wish.limit)
    .flatMap(({ reportId, part, similarity }): RankedReport[] => {
      const row = reader.part(modelId, reportId, part);
      if (!row) return [];
      const { itemId, start, length } = row;
      return [{ reportId, itemId, start, length, similarity, lift: liftOf(similarity, background) }];
    });
  return { hits, reports: all.length, background };
}
