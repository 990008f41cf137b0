import { setImmediate } from 'node:timers/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import type { Review } from '../../../preload/contract/reviews.ts';
import { Verdict } from '../../../preload/contract/reviews.ts';
import { listCell, tableRows, toCsv, valuesIn } from '../domain/csv.ts';
import type { NewReview, ReviewRow } from '../store/reviews.ts';
import { toFloats } from '../store/vectors.ts';
import { nearestSettled } from './nearest.ts';
import { fileNameOf } from './panel-files.ts';
import { reviewProgress } from './review-progress.ts';
import { reviewQueue } from './review-queue.ts';
import type { RunOrders } from './run-orders.ts';
import type { LabelParts } from './run-panel.ts';
import { openRun, rank } from './run-reader.ts';

/** Ranked labels that are kept of what was on the screen. */
const SHOWN_LABELS = 9;
const ROWS_PER_TRANSACTION = 500;

/** Decisions of people on a run's predictions; every one is kept, with what was shown. */
export function createReviews({ archive, now = () => new Date() }: LabelParts, orders: RunOrders) {
  /**
   * Keeps a decision; it is on the disk when this returns.
   *
   * @throws ArchiveError `run.unknown`, `review.invalid` for an item or labels that the run does not have, or labels
   *   that do not go with the verdict.
   */
  function decide(request: Request<'review.decide'>): Review {
    const { runId, itemId, verdict, labels, reader, blinded, tookMs } = request;
    const { run, map } = openRun(archive, runId);
    const prediction = archive.runs.prediction(runId, itemId);
    const item = archive.items.get(itemId);
    if (!prediction || !item) throw new ArchiveError('review.invalid', { why: 'not an item of this run' });
    const ranked = rank(map, toFloats(prediction.scores));
    const suggested =
      map.mode === 'exclusive' ? ranked.slice(0, 1) : ranked.filter(({ probability }) => probability >= 0.5);
    const decided = verdict === 'confirm' ? suggested.map(({ label }) => label) : [...new Set(labels)];
    checkLabels(verdict, decided, map.labels, map.mode);
    const reviewId = archive.reviews.add({
      itemId,
      panel: run.panel.name,
      version: run.version,
      runId,
      verdict,
      labels: JSON.stringify(decided),
      shown: JSON.stringify({
        hidden: blinded,
        calibrated: run.calibrated,
        calibrationId: run.calibrationId,
        uncertain: prediction.abstain === 1,
        sha256: item.sha256,
        ranked: ranked.slice(0, SHOWN_LABELS),
      }),
      reader,
      tookMs,
      at: now().toISOString(),
      undoneAt: null,
    });
    return toReview(archive.reviews.get(reviewId) as ReviewRow);
  }

  /** @throws ArchiveError `review.unknown` for a number that is not there, is another reader's, or was undone. */
  function undo({ reader, reviewId }: Request<'review.undo'>): Review | null {
    const row = reviewId === undefined ? archive.reviews.latestOf(reader) : archive.reviews.get(reviewId);
    if (!row && reviewId === undefined) return null;
    if (row?.reader !== reader || !archive.reviews.undo(row.id, now().toISOString()))
      throw new ArchiveError('review.unknown', { reviewId: reviewId ?? null });
    return toReview(archive.reviews.get(row.id) as ReviewRow);
  }

  function list({ panel, itemId, offset, limit }: Request<'review.list'>): Output<'review.list'> {
    const { rows, total } = archive.reviews.list(panel ?? null, itemId ?? null, offset, limit);
    return { reviews: rows.map(toReview), total };
  }

  function exportCsv({ panel }: Request<'review.export'>): Output<'review.export'> {
    const rows = archive.reviews.all(panel);
    const header = ['sha256', 'verdict', 'labels', 'reader', 'at', 'undoneAt', 'version', 'tookMs', 'shown'];
    const lines = rows.map((row) => [
      row.sha256,
      row.verdict,
      listCell(JSON.parse(row.labels) as string[]),
      row.reader,
      row.at,
      row.undoneAt,
      row.version,
      row.tookMs,
      row.shown,
    ]);
    return {
      text: toCsv([header, ...lines]),
      fileName: fileNameOf(`${panel}-reviews`, 'csv'),
      rows: rows.length,
    };
  }

  /** @throws ArchiveError `truth.unreadable` with the line. */
  async function importCsv({ panel, text }: Request<'review.import'>): Promise<Output<'review.import'>> {
    const counts = { added: 0, known: 0, unknownItems: 0 };
    const read: ReturnType<typeof readRow>[] = [];
    for (const row of tableRows(text)) {
      read.push(readRow(row, panel, read.length + 2));
      if (read.length % ROWS_PER_TRANSACTION === 0) await setImmediate();
    }
    for (let start = 0; start < read.length; start += ROWS_PER_TRANSACTION) {
      archive.transaction(() => {
        for (const { sha256, review } of read.slice(start, start + ROWS_PER_TRANSACTION)) {
          const itemId = archive.items.idOf(sha256);
          if (itemId === null) counts.unknownItems += 1;
          else {
            const known = archive.reviews.idOf(itemId, panel, review.reader, review.at);
            if (known === null) archive.reviews.add({ ...review, itemId });
            else if (review.undoneAt !== null) archive.reviews.undo(known, review.undoneAt);
            counts[known === null ? 'added' : 'known'] += 1;
          }
        }
      });
      await setImmediate();
    }
    return counts;
  }

  return {
    decide,
    undo,
    list,
    exportCsv,
    importCsv,
    queue: (request: Request<'review.queue'>) => reviewQueue(archive, orders, request),
    nearest: (request: Request<'review.nearest'>, signal?: AbortSignal) =>
      nearestSettled(archive, request, signal),
    progress: ({ panel }: Request<'review.progress'>) => reviewProgress(archive, panel),
  };
}

function checkLabels(
  verdict: Verdict,
  labels: readonly string[],
  known: readonly string[],
  mode: 'exclusive' | 'independent',
): void {
  const refuse = (why: string) => {
    throw new ArchiveError('review.invalid', { why });
  };
  if (labels.some((label) => !known.includes(label))) refuse('a label that the run does not have');
  if (!['confirm', 'correct'].includes(verdict) && labels.length > 0) refuse(`${verdict} names no label`);
  if (verdict === 'correct' && mode === 'exclusive' && labels.length !== 1) refuse('one label is needed');
}

function readRow(
  row: Readonly<Record<string, string>>,
  panel: string,
  line: number,
): { sha256: string; review: Omit<NewReview, 'itemId'> } {
  const refuse = (why: string): never => {
    throw new ArchiveError('truth.unreadable', { line, why });
  };
  const verdict = Verdict.safeParse(row['verdict']);
  if (!verdict.success) return refuse('no such verdict');
  const { sha256 = '', reader = '', at = '' } = row;
  if (!/^[0-9a-f]{64}$/.test(sha256)) refuse('no content hash');
  if (reader === '' || reader.length > 60) refuse('no reader');
  if (Number.isNaN(Date.parse(at))) refuse('no date');
  // Times are compared as text: all are of one form.
  const timeOf = (value: string) => new Date(value).toISOString();
  const number = (value: string | undefined) =>
    value && Number.isFinite(Number(value)) ? Number(value) : null;
  const undoneAt = row['undoneat'] ?? '';
  if (undoneAt !== '' && Number.isNaN(Date.parse(undoneAt))) refuse('no date');
  return {
    sha256,
    review: {
      panel,
      version: number(row['version']),
      runId: null,
      verdict: verdict.data,
      labels: JSON.stringify(valuesIn(row['labels'])),
      shown: JSON.stringify({ imported: true, was: row['shown'] ?? '' }),
      reader,
      tookMs: number(row['tookms']),
      at: timeOf(at),
      undoneAt: undoneAt === '' ? null : timeOf(undoneAt),
    },
  };
}

const toReview = (row: ReviewRow): Review => ({
  reviewId: row.id,
  itemId: row.itemId as Review['itemId'],
  panel: row.panel,
  version: row.version,
  runId: row.runId as Review['runId'],
  verdict: row.verdict as Verdict,
  labels: JSON.parse(row.labels) as string[],
  reader: row.reader,
  at: row.at,
  undoneAt: row.undoneAt,
});
