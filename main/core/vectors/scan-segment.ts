import { CHUNK } from '../domain/top-scores.ts';
import { SEGMENT_ROWS } from './resident-matrix.ts';
import type { ScanTarget } from './scan-messages.ts';
import { scanRows } from './scan-rows.ts';

/** Segments that so many rows take. */
export const segmentsOf = (rows: number): number => Math.ceil(rows / SEGMENT_ROWS);

/** Scans one segment of a matrix of so many rows. */
export function scanSegment(
  { segments, scores, maxima }: ScanTarget,
  query: Int8Array,
  queryScale: number,
  rows: number,
  at: number,
): void {
  const segment = segments[at];
  if (!segment) throw new RangeError(`there is no segment ${at}`);
  const from = at * SEGMENT_ROWS;
  const count = Math.min(SEGMENT_ROWS, rows - from);
  scanRows(
    query,
    queryScale,
    segment.rows.subarray(0, count * query.length),
    segment.scales,
    scores.subarray(from, from + count),
    maxima.subarray(from / CHUNK, Math.ceil((from + count) / CHUNK)),
  );
}
