import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Request } from '../../../preload/contract/methods.ts';
import type { Hit, SearchAnswer } from '../../../preload/contract/search.ts';
import { itemOf } from './item-of.ts';
import type { SearchedModel } from './thread/search-messages.ts';
import type { Found, FoundHit } from './thread/searcher.ts';

/** What all pages of an answer say. */
type Head = Pick<
  SearchAnswer,
  'snapshot' | 'match' | 'formula' | 'abbreviations' | 'tokens' | 'truncatedWords' | 'notices' | 'arranged'
>;

interface Given {
  /** That ranked it; another one may be active now. */
  readonly model: SearchedModel;
  readonly query: string;
  /** Of the query, of unit length. */
  readonly vector: Float32Array;
  readonly line: number;
  readonly drawn: SearchAnswer['drawn'];
  readonly head: Head;
}

/** At least as many as the search thread keeps. */
const MOST_KEPT = 64;

/** What was said of queries lately, for further pages of their answers. */
export function givenAnswers() {
  const kept = new Map<string, Given>();
  return {
    keep(given: Given): void {
      kept.set(given.head.snapshot, given);
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_KEPT) break;
        kept.delete(oldest);
      }
    },
    /** @throws ArchiveError `query.snapshot-gone` */
    of(snapshot: string): Given {
      const given = kept.get(snapshot);
      if (!given) throw new ArchiveError('query.snapshot-gone');
      return given;
    },
  };
}

/** Say which piece of an order is wanted, and what is counted in it; not which order. */
const cuts: ReadonlySet<string> = new Set(['offset', 'limit', 'line', 'snapshot', 'logged']);

/** Equal for requests that ask for pieces of the same order. */
export const queryKey = (request: Request<'search.run'>): string =>
  JSON.stringify(Object.entries(request).filter(([name]) => !cuts.has(name)));

export function answerOf(
  found: Found,
  head: Head & Pick<SearchAnswer, 'drawn'>,
  encodeMs: number,
  started: number,
): SearchAnswer {
  return {
    ...head,
    hits: found.hits.map(hitOf),
    total: found.total,
    standOut: found.standOut,
    line: found.line,
    background: found.background,
    tookMs: { encode: encodeMs, search: found.tookMs, total: performance.now() - started },
  };
}

function hitOf({ place, row, region, similarity, lift, why }: FoundHit): Hit {
  const { id, kind, frame, x, y, w, h } = region;
  return {
    ...itemOf(row),
    place,
    similarity,
    lift,
    region: { regionId: id as Hit['region']['regionId'], kind, frame, x, y, w, h },
    ...(why ? { why } : {}),
  };
}
