import type { Input } from '../../../preload/contract/methods.ts';
import type { Hit } from '../../../preload/contract/search.ts';
import type { Client } from '../../client/client.ts';
import { Pages } from '../../client/pages.svelte.ts';
import type { Row, Summary } from './outcome.ts';

export const FIRST_PAGE = 200;

/** Rows `from` to `to`, exclusive. */
export type Span = readonly [from: number, to: number];
export type Failed = (thrown: unknown) => void;

export const noRows = (onfail: Failed): Pages<Row> =>
  new Pages<Row>(() => Promise.resolve({ rows: [], total: 0 }), onfail);

/**
 * All items that the filters leave, newest first.
 *
 * @param visible - what is loaded before the list is given back.
 * @param signal - ends the list too: no page of it is fetched any more.
 * @returns null when it was cancelled or failed.
 */
export async function browsed(
  client: Client,
  where: readonly string[],
  visible: Span,
  signal: AbortSignal,
  onfail: Failed,
): Promise<Pages<Row> | null> {
  let hasFailed = false;
  const list = new Pages<Row>(
    async (offset, limit, pageSignal) => {
      const { items, total } = await client('items.list', { where: [...where], offset, limit }, pageSignal);
      return { rows: items, total };
    },
    (thrown) => {
      hasFailed = true;
      onfail(thrown);
    },
  );
  signal.addEventListener('abort', () => list.stop());
  await list.need(...visible);
  return signal.aborted || hasFailed ? null : list;
}

/**
 * The answer to a query and its hits as a list, the first page of it loaded.
 *
 * @param line - where somebody put it; null leaves it to the query.
 * @param signal - ends the list too.
 * @throws ArchiveError what the search refuses.
 */
export async function found(
  client: Client,
  query: Input<'search.run'>,
  line: number | null,
  signal: AbortSignal,
  onfail: Failed,
): Promise<{ readonly list: Pages<Row>; readonly answer: Summary }> {
  const first = { ...query, ...(line === null ? {} : { line }), limit: FIRST_PAGE };
  const { hits, ...answer } = await client('search.run', first, signal);
  const list = new Pages<Row>(async (offset, limit, pageSignal) => {
    // All pages are cut from the order of the first, though the archive may grow meanwhile.
    const later = { ...query, snapshot: answer.snapshot, offset, limit };
    const { hits, total } = await client('search.run', later, pageSignal);
    return { rows: inPlaces(hits, offset, Math.min(limit, total - offset)), total };
  }, onfail);
  signal.addEventListener('abort', () => list.stop());
  list.seed(hits, answer.total);
  return { list, answer };
}

/** A place stays empty where its item has gone since the first page. */
function inPlaces(hits: readonly Hit[], offset: number, count: number): (Hit | undefined)[] {
  const rows = Array.from<Hit | undefined>({ length: Math.max(0, count) });
  for (const hit of hits) rows[hit.place - offset] = hit;
  return rows;
}
