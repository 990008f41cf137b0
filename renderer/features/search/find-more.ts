import type { Learned } from './examples.svelte.ts';
import type { Search } from './search.svelte.ts';

/**
 * Learns from the marked items and searches with what was learned. In a query that was learned before it takes the former
 * place, so that words and weights beside it stay; else it is the whole query.
 *
 * @returns what was learned, and what puts the query back that was asked before.
 * @throws ArchiveError as `search.learn`
 */
export async function findMore(
  search: Search,
): Promise<{ readonly answer: Learned; readonly putBack: () => Promise<void> }> {
  const { query, examples } = search;
  const before = { parts: query.parts, meanings: query.meanings, expand: query.expand };
  const former = examples.learned?.answer.imageId;
  const answer = await examples.learn();
  const { imageId, name } = answer;
  const place = query.parts.find((part) => part.type === 'image' && part.imageId === former);
  const learned = { type: 'image', imageId, name, thumb: null } as const;
  const parts = place
    ? query.parts.map((part) => (part === place ? { ...place, ...learned } : part))
    : [{ ...learned, key: 0, weight: 1, minus: false }];
  const ask = async (asked: typeof before) => {
    query.restore(asked.parts, asked.meanings, asked.expand);
    query.entry = '';
    search.selection.clear();
    await search.drawLine();
  };
  await ask(place ? { ...before, parts } : { parts, meanings: {}, expand: true });
  return { answer, putBack: () => ask(before) };
}
