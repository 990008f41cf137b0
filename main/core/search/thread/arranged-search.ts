import { diverseOrder } from '../../domain/diversity.ts';
import type { Scanners } from '../../store/scanners.ts';
import type { SearchReader } from '../../store/search-reader.ts';
import { toFloats } from '../../store/vectors.ts';
import type { Arrangement } from '../../../../preload/contract/search.ts';
import type { Found, FoundHit, Searcher, SearchJob } from './searcher.ts';

/** Of what stands out, so many are made diverse, whatever page is asked for: a page stays a piece of one list. */
export const DIVERSE_PLACES = 200;
/** Of what stands out, so many are sorted. */
export const SORTED_PLACES = 1000;
/** Hits that are looked at for what they share. */
export const LOOKED_AT = 20;
/** Of fewer hits nothing follows. */
export const FEWEST = 8;
/** The share of hits that is worth a word. */
export const MOST_OF_THEM = 0.8;

export interface ArrangedJob extends SearchJob {
  readonly order: Arrangement;
  /** What relevance counts in the diverse order. */
  readonly lambda: number;
  /** Leaves out what comes from the same scanner as an item of the query. */
  readonly apartFromScanner: boolean;
}

export interface ArrangedFound extends Found {
  /** First places that are not in the order of rank. */
  readonly arranged: number;
  /** The scanner of nearly all of the first that stand out; null where there is none, and on later pages. */
  readonly scanner: { readonly name: string; readonly hits: number; readonly archiveShare: number } | null;
}

/**
 * Search with its first places put in another order. The set is the same in every order, and so is what comes after.
 *
 * @param searcher - answers in the order of rank; it is told of another order, so that later pages are cut from that.
 */
export function arrangedSearch(
  searcher: Pick<Searcher, 'run' | 'arrange'>,
  reader: SearchReader,
  scanners: Scanners,
) {
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  const nameOf = ({ row }: FoundHit): string => row.path.slice(row.path.lastIndexOf('/') + 1);
  const vectorOf = ({ region }: FoundHit): Float32Array | null => {
    const found = reader.vectors.vector(region.id);
    return found ? toFloats(found) : null;
  };

  function arranged(head: readonly FoundHit[], { order, lambda }: ArrangedJob): readonly FoundHit[] {
    if (order === 'name')
      return head.toSorted((a, b) => collator.compare(nameOf(a), nameOf(b)) || a.row.itemId - b.row.itemId);
    if (order === 'added') return head.toSorted((a, b) => b.row.itemId - a.row.itemId);
    const relevant = head.map((hit, place) => ({
      // Where the order is not by meaning, a place is all there is to go by.
      score: hit.why ? -place : hit.similarity,
      vector: vectorOf(hit),
    }));
    return diverseOrder(relevant, lambda).map((place) => head[place] as FoundHit);
  }

  function inOrder(job: ArrangedJob): Found & { readonly arranged: number } {
    const { order, offset, limit } = job;
    const most = order === 'diverse' ? DIVERSE_PLACES : SORTED_PLACES;
    if (order === 'rank') return { ...searcher.run(job), arranged: 0 };
    const started = performance.now();
    const found = searcher.run({ ...job, offset: 0, limit: Math.max(most, offset + limit) });
    // What does not stand out is not lifted above what does, however new it is.
    const places = Math.min(most, found.standOut);
    const head = arranged(found.hits.slice(0, places), job);
    searcher.arrange(
      job.snapshot,
      head.map(({ row }) => row.itemId),
    );
    const inPlaces = [...head, ...found.hits.slice(places)].map((hit, place) => ({ ...hit, place }));
    const hits = inPlaces.slice(offset, offset + limit);
    return { ...found, hits, arranged: head.length, tookMs: performance.now() - started };
  }

  function sharedScanner({ hits, standOut }: Found): ArrangedFound['scanner'] {
    const above = hits.slice(0, Math.min(LOOKED_AT, standOut));
    if (above.length < FEWEST) return null;
    const counts = new Map<string, number>();
    for (const { row } of above) {
      const name = scanners.of(row.itemId);
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const [first] = [...counts].sort((a, b) => b[1] - a[1]);
    if (!first || first[1] < MOST_OF_THEM * above.length) return null;
    return { name: first[0], hits: first[1], archiveShare: scanners.share(first[0]) };
  }

  return (job: ArrangedJob): ArrangedFound => {
    const ownItems = job.apartFromScanner ? scanners.sharing(job.ownItems) : job.ownItems;
    const found = inOrder({ ...job, ownItems });
    return { ...found, scanner: job.offset === 0 ? sharedScanner(found) : null };
  };
}
