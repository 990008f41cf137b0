import { chunkMaxima, placesAtLeast, topScores } from '../../domain/top-scores.ts';
import type { ResidentMatrix } from '../../vectors/resident-matrix.ts';
import type { Reached, Scan, ScanCrew } from '../../vectors/scan-crew.ts';
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
    if (!rows) return all;
    const some = new Float32Array(rows.length);
    for (let place = 0; place < rows.length; place += 1)
      some[place] = all.bounds[rows[place] as number] as number;
    return listed(some);
  }

  /** Places and estimates of at least the `count` best. */
  function highest(count: number) {
    const first = topScores(bounds, count, maxima);
    if (isListed || first.length === bounds.length) return estimated(first.toSorted());
    // None of the best is lower than the lowest of any so many.
    let least = Infinity;
    for (const estimate of estimatesAt(first.toSorted())) least = Math.min(least, estimate);
    return estimated(placesAtLeast(bounds, least, maxima));
  }

  function estimated(places: Int32Array) {
    return {
      places,
      estimates: isListed
        ? Float32Array.from(places, (place) => bounds[place] as number)
        : estimatesAt(places),
    };
  }

  /** Where bounds are estimates. */
  function reached(least: number): Reached {
    const places = placesAtLeast(bounds, least, maxima);
    return {
      rows: places.map(rowAt),
      estimates: Float32Array.from(places, (place) => bounds[place] as number),
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
    atLeast(least) {
      const { rows: found, estimates } = isListed ? reached(least) : within(crew.reach(query, least), rows);
      return {
        estimates,
        regionAt: (place) => regionIds[found[place] as number] as number,
        itemAt: (place) => itemIds[found[place] as number] as number,
      };
    },
  };
}

const listed = (bounds: Float32Array): Scan => ({ bounds, maxima: chunkMaxima(bounds) });

/** What is of some rows alone. @param rows - ascending, as what was reached is. */
function within(reached: Reached, rows: Int32Array | null): Reached {
  if (!rows) return reached;
  const found = new Int32Array(reached.rows.length);
  const estimates = new Float32Array(found.length);
  let count = 0;
  let at = 0;
  for (let index = 0; index < found.length; index += 1) {
    const row = reached.rows[index] as number;
    while (at < rows.length && (rows[at] as number) < row) at += 1;
    if (rows[at] !== row) continue;
    found[count] = row;
    estimates[count] = reached.estimates[index] as number;
    count += 1;
  }
  return { rows: found.subarray(0, count), estimates: estimates.subarray(0, count) };
}
