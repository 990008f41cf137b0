import { ArchiveError } from '../../../preload/contract/faults.ts';
import { methods, type Request } from '../../../preload/contract/methods.ts';
import type { Hit, SearchAnswer } from '../../../preload/contract/search.ts';
import type { WordingComparison } from '../../../preload/contract/wordings.ts';
import { jaccardAt, rankBiasedOverlap } from '../domain/rank-overlap.ts';

/** So many times k each wording is searched: enough to tell a small shift from a fall. */
const DEEPER = 5;
const MOST_WORDINGS = 12;

type Run = (request: Request<'search.run'>, signal: AbortSignal) => Promise<SearchAnswer>;

/**
 * What several wordings of one question find, and where they disagree.
 *
 * @throws ArchiveError `query.wordings` with fewer than two different wordings or more than twelve, and what a search
 *   throws.
 */
export async function compareWordings(
  run: Run,
  request: Request<'search.wordings'>,
  signal: AbortSignal,
): Promise<WordingComparison> {
  const { text, templates, where, k } = request;
  // A function, because `$&` in a replacement string would be read as a pattern.
  const made =
    text === undefined ? [] : templates.map((template) => template.replaceAll('{text}', () => text));
  const texts = [...new Set([...request.wordings, ...made].map((one) => one.trim()))];
  if (texts.length < 2 || texts.length > MOST_WORDINGS)
    throw new ArchiveError('query.wordings', { wordings: texts.length, most: MOST_WORDINGS });
  const depth = k * DEEPER;
  const answers: SearchAnswer[] = [];
  for (const one of texts) {
    const chips = [{ type: 'text', text: one }];
    // A line is given, so that none is drawn for each.
    const input = methods['search.run'].input.parse({ chips, where, limit: depth, line: 0 });
    answers.push(await run(input, signal));
  }
  const lists = answers.map(({ hits }) => hits.map(({ itemId }) => itemId as number));
  const table = (measure: (a: number[], b: number[]) => number) =>
    lists.map((a) => lists.map((b) => measure(a, b)));
  const jaccard = table((a, b) => jaccardAt(a, b, k));
  const rbo = table((a, b) => rankBiasedOverlap(a, b));
  const items = placed(answers, k);
  return {
    k,
    depth,
    wordings: answers.map(({ formula, truncatedWords }, at) => ({
      text: texts[at] ?? '',
      formula,
      truncatedWords,
    })),
    jaccard,
    rbo,
    mean: { jaccard: meanOfPairs(jaccard), rbo: meanOfPairs(rbo) },
    items,
    unstable: items.filter(({ isUnstable }) => isUnstable).length,
  };
}

function placed(answers: readonly SearchAnswer[], k: number): WordingComparison['items'] {
  const placesOf = answers.map(({ hits }) => new Map(hits.map(({ itemId }, at) => [itemId, at + 1])));
  const first = new Map<number, Hit>();
  for (const { hits } of answers) for (const hit of hits.slice(0, k)) first.set(hit.itemId, hit);
  const items = [...first.values()].map((hit) => {
    const ranks = placesOf.map((places) => places.get(hit.itemId) ?? null);
    const deepest = Math.max(...ranks.map((rank) => rank ?? Infinity));
    const best = Math.min(...ranks.map((rank) => rank ?? Infinity));
    return { hit, ranks, best, deepest, isUnstable: deepest > 2 * k };
  });
  // How many times deeper: from place 2 to 20 says more than from 80 to 98.
  items.sort((a, b) => b.deepest / b.best - a.deepest / a.best || a.best - b.best);
  return items.map(({ hit, ranks, isUnstable }) => ({ ...hit, ranks, isUnstable }));
}

function meanOfPairs(table: readonly (readonly number[])[]): number {
  const pairs = table.flatMap((row, at) => row.slice(at + 1));
  return pairs.reduce((sum, value) => sum + value, 0) / Math.max(1, pairs.length);
}
