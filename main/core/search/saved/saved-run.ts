import { methods } from '../../../../preload/contract/methods.ts';
import type { Rules } from '../../../../preload/contract/saved.ts';
import type { Hit, SearchAnswer } from '../../../../preload/contract/search.ts';
import type { Archive } from '../../store/archive.ts';
import type { NewResult } from '../../store/saved-searches.ts';
import type { Search } from '../search.ts';
import type { SearchedModel } from '../thread/search-messages.ts';

/** What rules find now. */
export interface FreshResult {
  readonly result: Omit<NewResult, 'vector'>;
  readonly model: SearchedModel;
  /** Of the query, of unit length. */
  readonly vector: Float32Array;
  /** By place. */
  readonly hits: readonly Hit[];
}

const PAGE = 1_000;
/** Where less stands out, so much of what comes nearest is kept: it tells later why something stands out. */
export const LEAST_KEPT = 100;
export const MOST_KEPT = 5_000;

/** Asks, and gathers what a result keeps. @throws ArchiveError as `search.run`. */
export async function runRules(
  { archive, search }: { readonly archive: Archive; readonly search: Search },
  rules: Rules,
  signal: AbortSignal,
): Promise<FreshResult> {
  // Read before it is asked: what comes in between is in the result and counts as new, not the other way round.
  const at = new Date().toISOString();
  const generation = Number(archive.settings.get('generation') ?? 0);
  const lastRegion = archive.saved.lastRegion();
  const ask = (cut: object) => search.run(methods['search.run'].input.parse({ ...rules, ...cut }), signal);

  const answer = await ask({ offset: 0, limit: LEAST_KEPT });
  const { model, vector } = search.askedBy(answer.snapshot);
  const depth = Math.min(answer.total, MOST_KEPT, Math.max(LEAST_KEPT, answer.standOut));
  // The deepest first: the order is then made so deep once, and not again for every page.
  const rest: Hit[][] = [];
  for (let page = Math.ceil((depth - LEAST_KEPT) / PAGE) - 1; page >= 0; page -= 1) {
    const offset = LEAST_KEPT + page * PAGE;
    const { hits } = await ask({ offset, limit: PAGE, snapshot: answer.snapshot });
    rest[page] = hits.slice(0, depth - offset);
  }
  const hits = [...answer.hits, ...rest.flat()];
  return {
    model,
    vector,
    hits,
    result: { modelId: model.id, at, generation, lastRegion, ...factsOf(answer) },
  };
}

function factsOf({ formula, abbreviations, total, standOut, line, drawn, background }: SearchAnswer) {
  const { median, spread } = background;
  return { dictionary: abbreviations.dictionary, formula, total, standOut, line, drawn, median, spread };
}
