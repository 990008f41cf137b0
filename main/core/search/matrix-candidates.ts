import { CHUNK, chunkMaxima, eachScoreFrom, topScores } from '../domain/top-scores.ts';
import { quantise } from '../domain/vector.ts';
import { type ResidentMatrix, SEGMENT_ROWS } from '../vectors/resident-matrix.ts';
import type { ScanCrew, ScanResult } from '../vectors/scan-crew.ts';
import { scanRows } from '../vectors/scan-rows.ts';
import type { Candidate, Candidates } from './candidates.ts';

/** A filter that leaves a smaller share than this is answered by collecting its rows, else all rows are scanned. */
const SHARE_TO_GATHER = 0.2;

/**
 * The resident matrix: every row gets its estimate, so that any depth and any threshold can be had.
 *
 * @param rows - those that the filter leaves; null for all.
 * @param isOnePerItem - whether no two of them are of the same item.
 * @param meanwhile - see `ScanCrew.scan`; it may have to be done without.
 */
export function matrixCandidates(
  matrix: ResidentMatrix,
  crew: ScanCrew,
  query: Float32Array,
  rows: Int32Array | null,
  isOnePerItem: boolean,
  meanwhile: () => void,
): Candidates {
  const { scores, maxima } = scoresOf(matrix, crew, query, rows, meanwhile);
  const { regionIds, itemIds } = matrix;
  const rowAt = (place: number): number => (rows ? (rows[place] as number) : place);
  const candidate = (place: number): Candidate => {
    const row = rowAt(place);
    return {
      regionId: regionIds[row] as number,
      itemId: itemIds[row] as number,
      estimate: scores[place] as number,
    };
  };
  return {
    size: scores.length,
    best: (count) => Array.from(topScores(scores, count, maxima), candidate),
    isOnePerItem,
    eachAtLeast(estimate, visit) {
      eachScoreFrom(scores, estimate, maxima, (place, score) => {
        const row = rowAt(place);
        visit(regionIds[row] as number, itemIds[row] as number, score);
      });
      return true;
    },
  };
}

function scoresOf(
  matrix: ResidentMatrix,
  crew: ScanCrew,
  query: Float32Array,
  rows: Int32Array | null,
  meanwhile: () => void,
): ScanResult {
  if (!rows) return crew.scan(query, meanwhile);
  if (rows.length < matrix.count * SHARE_TO_GATHER) return gatheredScores(matrix, query, rows);
  const all = crew.scan(query, meanwhile).scores;
  const scores = Float32Array.from(rows, (row) => all[row] as number);
  return { scores, maxima: chunkMaxima(scores) };
}

function gatheredScores(matrix: ResidentMatrix, query: Float32Array, rows: Int32Array): ScanResult {
  const { values, scale } = quantise(query);
  const scores = new Float32Array(rows.length);
  const maxima = new Float32Array(Math.ceil(rows.length / CHUNK));
  const room = Math.min(SEGMENT_ROWS, rows.length);
  const gathered = new Int8Array(room * matrix.dimensions);
  const scales = new Float32Array(room);
  for (let from = 0; from < rows.length; from += room) {
    const part = rows.subarray(from, from + room);
    matrix.gather(part, gathered, scales);
    const used = gathered.subarray(0, part.length * matrix.dimensions);
    const to = from + part.length;
    const chunks = maxima.subarray(from / CHUNK, Math.ceil(to / CHUNK));
    scanRows(values, scale, used, scales, scores.subarray(from, to), chunks);
  }
  return { scores, maxima };
}
