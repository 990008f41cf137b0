import { CHUNK, placesAtLeast } from '../domain/top-scores.ts';
import { type ScanKernel, scanKernel, type ScanQuery, type SharedMemory } from './kernel/scan-kernel.ts';
import { PART_LISTED, PART_ROWS, type ScanTarget, tasks, type Wanted } from './scan-messages.ts';
import { placesOf, type Segment, SEGMENT_ROWS, viewsOf } from './vector-memory.ts';

/** Parts that so many rows of the matrix make. */
export const partsOf = (rows: number): number => Math.ceil(rows / PART_ROWS);
/** Parts that so many listed rows make. */
export const listedPartsOf = (rows: number): number => Math.ceil(rows / PART_LISTED);

/**
 * What one thread computes of a matrix.
 *
 * @param thread - see `scanKernel`.
 */
export function partScanner(dimensions: number, thread: number) {
  const kernels = new WeakMap<SharedMemory, ScanKernel>();

  function kernelOf({ memory }: Segment): ScanKernel {
    const kernel = kernels.get(memory) ?? scanKernel(memory, thread);
    kernels.set(memory, kernel);
    return kernel;
  }

  /** Bounds of one part of so many rows. */
  function bounds(target: ScanTarget, query: ScanQuery, rows: number, part: number): void {
    const from = part * PART_ROWS;
    const segment = segmentAt(target.segments, Math.floor(from / SEGMENT_ROWS));
    const places = placesOf(segment, dimensions, from % SEGMENT_ROWS);
    const found = kernelOf(segment).bounds(query, places, Math.min(PART_ROWS, rows - from));
    target.bounds.set(found.bounds, from);
    target.maxima.set(found.maxima, from / CHUNK);
  }

  /** Estimates of one part of the list. */
  function estimates(target: ScanTarget, query: ScanQuery, listed: number, part: number): void {
    const from = part * PART_LISTED;
    const rows = target.list.subarray(from, Math.min(from + PART_LISTED, listed));
    for (let start = 0, end = 0; start < rows.length; start = end) {
      const at = Math.floor((rows[start] as number) / SEGMENT_ROWS);
      const first = at * SEGMENT_ROWS;
      while (end < rows.length && (rows[end] as number) < first + SEGMENT_ROWS) end += 1;
      const inside = rows.subarray(start, end).map((row) => row - first);
      const segment = segmentAt(target.segments, at);
      const found = kernelOf(segment).estimates(query, placesOf(segment, dimensions), inside);
      target.estimates.set(found, from + start);
    }
  }

  /** Rows of one part of the matrix whose estimate is at least `wanted.least`, by the bounds of the same query. */
  function reached(target: ScanTarget, wanted: Wanted, rows: number, part: number): void {
    const from = part * PART_ROWS;
    const inside = from % SEGMENT_ROWS;
    const segment = segmentAt(target.segments, Math.floor(from / SEGMENT_ROWS));
    const { spreads } = viewsOf(segment, dimensions);
    const bounds = target.bounds.subarray(from, Math.min(from + PART_ROWS, rows));
    const maxima = target.maxima.subarray(from / CHUNK, Math.ceil((from + bounds.length) / CHUNK));
    const places = placesAtLeast(bounds, wanted.least, maxima);
    // Of the others it is known that they reach it.
    const open = places.filter((place) => {
      return (bounds[place] as number) - 2 * (spreads[inside + place] as number) < wanted.least;
    });
    const estimates = kernelOf(segment).estimates(wanted, placesOf(segment, dimensions, inside), open);
    let count = from;
    for (let index = 0, opened = 0; index < places.length; index += 1) {
      const place = places[index] as number;
      const isOpen = place === open[opened];
      const estimate = isOpen
        ? (estimates[opened++] as number)
        : (bounds[place] as number) - (spreads[inside + place] as number);
      if (!(estimate >= wanted.least)) continue;
      target.list[count] = from + place;
      target.estimates[count] = estimate;
      count += 1;
    }
    target.found[part] = count - from;
  }

  return {
    /** One part of a task. @param rows - of all parts together. */
    work(task: number, target: ScanTarget, wanted: Wanted, rows: number, part: number): void {
      if (task === tasks.bounds) bounds(target, wanted, rows, part);
      else if (task === tasks.reached) reached(target, wanted, rows, part);
      else estimates(target, wanted, rows, part);
    },
  };
}

function segmentAt(segments: readonly Segment[], at: number): Segment {
  const segment = segments[at];
  if (!segment) throw new RangeError(`there is no segment ${at}`);
  return segment;
}
