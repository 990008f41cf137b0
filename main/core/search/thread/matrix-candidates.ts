import { chunkMaxima, eachScoreFrom, topScores } from '../../domain/top-scores.ts';
import type { ResidentMatrix } from '../../vectors/resident-matrix.ts';
import type { Scan, ScanCrew } from '../../vectors/scan-crew.ts';
import type { Candidate, Candidates } from './candidates.ts';

/** A filter that leaves a smaller share than this is answered from its rows alone, else all rows are scanned. */
const SHARE_TO_LIST = 0.2;

/**
 * The resident matrix: any depth and any threshold can be had.
 *
 * A scan gives a bound for every row, from half of its bytes; only where that leaves something open is the estimate
 * computed, from all of them.
 *
 * @param rows - those that the filter leaves, ascending; null for all.
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
  const isListed = rows !== null && rows.length < matrix.count * SHARE_TO_LIST;
  const { regionIds, itemIds } = matrix;
  const rowAt = (place: number): number => (rows ? (rows[place] as number) : place);
  const estimatesAt = (places: Int32Array) => crew.estimates(query, rows ? places.map(rowAt) : places);
  const scan = isListed ? listed(crew.estimates(query, rows)) : scanned();
  const { bounds, maxima } = scan;

  function scanned(): Scan {
    const all = crew.scan(query, meanwhile);
    return rows ? listed(Float32Array.from(rows, (row) => all.bounds[row] as number)) : all;
  }

  const spreadAt = (place: number): number => (isListed ? 0 : matrix.spreadAt(rowAt(place)));

  function placesFrom(least: number): Int32Array {
    const places: number[] = [];
    eachScoreFrom(bounds, least, maxima, (place) => places.push(place));
    return new Int32Array(places);
  }

  /** Places and estimates of at least the `count` best. */
  function highest(count: number) {
    const first = topScores(bounds, count, maxima);
    if (isListed || first.length === bounds.length) return estimated(first.toSorted());
    // None of the best is lower than the lowest of any so many.
    let least = Infinity;
    for (const estimate of estimatesAt(first.toSorted())) least = Math.min(least, estimate);
    return estimated(placesFrom(least));
  }

  function estimated(places: Int32Array) {
    return {
      places,
      estimates: isListed
        ? Float32Array.from(places, (place) => bounds[place] as number)
        : estimatesAt(places),
    };
  }

  return {
    size: bounds.length,
    best(count) {
      const { places, estimates } = highest(count);
      const order = topScores(estimates, count);
      return Array.from(order, (index): Candidate => {
        const row = rowAt(places[index] as number);
        return {
          regionId: regionIds[row] as number,
          itemId: itemIds[row] as number,
          estimate: estimates[index] as number,
        };
      });
    },
    isOnePerItem,
    eachAtLeast(least, visit) {
      const open: number[] = [];
      eachScoreFrom(bounds, least, maxima, (place, bound) => {
        const spread = spreadAt(place);
        const row = rowAt(place);
        if (bound - 2 * spread < least) open.push(place);
        else visit(regionIds[row] as number, itemIds[row] as number, bound - spread);
      });
      const places = new Int32Array(open);
      const estimates = estimatesAt(places);
      places.forEach((place, index) => {
        const estimate = estimates[index] as number;
        const row = rowAt(place);
        if (estimate >= least) visit(regionIds[row] as number, itemIds[row] as number, estimate);
      });
      return true;
    },
  };
}

const listed = (bounds: Float32Array): Scan => ({ bounds, maxima: chunkMaxima(bounds) });
