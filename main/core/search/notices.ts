import type { Match } from '../../../preload/contract/search.ts';
import type { WordCheck } from '../domain/unlearned-words.ts';
import type { ResolvedQuery } from './chips.ts';
import { type ArrangedFound, FEWEST, LOOKED_AT, MOST_OF_THEM } from './thread/arranged-search.ts';
import type { Found } from './thread/searcher.ts';

const MOST_NAMED = 5;
/** What so much of the archive shares is no news. */
const MOST_OF_ALL = 0.6;

/** What a person should know before believing an answer. */
export function noticesOf(
  { truncatedWords }: ResolvedQuery,
  found: ArrangedFound,
  isFirstPage: boolean,
): string[] {
  const { hits, standOut, total, scanner } = found;
  const notices: string[] = [];
  if (truncatedWords > 0)
    notices.push(`${truncatedWords} words at the end did not fit the model and were left out.`);
  if (!isFirstPage) return notices;
  const above = hits.slice(0, Math.min(LOOKED_AT, standOut));
  // Of a few hits, or of an archive that is hardly larger, nothing follows.
  if (above.length < FEWEST || total < 5 * above.length) return notices;
  const [source, most] = commonest(above.map(({ row }) => row.source));
  const sources = new Set(hits.map(({ row }) => row.source)).size;
  if (sources > 1 && most >= MOST_OF_THEM * above.length)
    notices.push(
      `${most} of the first ${above.length} hits come from one source, ${source}: they may share its look.`,
    );
  if (scanner && scanner.archiveShare <= MOST_OF_ALL)
    notices.push(
      `${scanner.hits} of the first ${above.length} hits come from one scanner, ${scanner.name}, which made about ${Math.round(100 * scanner.archiveShare)} % of the archive: they may share its look.`,
    );
  const [, same] = commonest(above.flatMap(({ row }) => row.patient ?? []));
  if (same >= MOST_OF_THEM * above.length)
    notices.push(
      `${same} of the first ${above.length} hits are of one patient. Group by patient to see others.`,
    );
  return notices;
}

/** Words that mean nothing to the model, of what is looked for. */
export function learnedNotices({ unlearned, isMost }: WordCheck): string[] {
  if (unlearned.length === 0) return [];
  const named = unlearned.slice(0, MOST_NAMED).map((word) => `“${word}”`);
  const more = unlearned.length > MOST_NAMED ? ` and ${unlearned.length - MOST_NAMED} more` : '';
  const they = unlearned.length === 1 ? 'it moves' : 'they move';
  const then = isMost ? 'most of the query means nothing to it' : `${they} the order by chance`;
  return [`This model never learned ${named.join(', ')}${more}: ${then}.`];
}

/** What became of the words, where they were asked for. */
export function wordsNotices(match: Match, { withWords }: Found): string[] {
  if (match === 'meaning') return [];
  if (withWords === null) return ['The query has no words to look for: the order is by meaning alone.'];
  if (withWords > 0) return [];
  const none = 'No attribute, caption or report has any of these words';
  return [match === 'both' ? `${none}: the order is by meaning alone.` : `${none}.`];
}

function commonest(values: readonly string[]): [value: string, count: number] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce<[string, number]>((best, one) => (one[1] > best[1] ? one : best), ['', 0]);
}
