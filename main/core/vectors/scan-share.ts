import { CHUNK } from '../domain/top-scores.ts';
import { SEGMENT_ROWS } from './resident-matrix.ts';
import type { ScanTarget } from './scan-messages.ts';
import { scanRows } from './scan-rows.ts';

/** Scans the segments that are the `place`th of `places` equal shares. */
export function scanShare(
  { segments, scores, maxima }: ScanTarget,
  query: Int8Array,
  queryScale: number,
  rows: number,
  place: number,
  places: number,
): void {
  const used = Math.ceil(rows / SEGMENT_ROWS);
  const end = Math.floor((used * (place + 1)) / places);
  for (let at = Math.floor((used * place) / places); at < end; at += 1) {
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
}
