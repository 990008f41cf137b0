import type { Command } from 'commander';
import type { Output } from '../../../preload/contract/methods.ts';
import { define, wholeNumber } from './context.ts';
import { type QueryOptions, rulesOf, withQuery } from './query-options.ts';
import { table } from './table.ts';

interface SearchOptions extends QueryOptions {
  readonly limit: number;
  readonly offset: number;
}

export function addSearch(program: Command): void {
  const command = withQuery(
    program
      .command('search')
      .argument('[text]', 'what the pictures should show')
      .description('rank items by words, pictures and items'),
  )
    .option('--limit <n>', 'most hits', wholeNumber(1), 60)
    .option('--offset <n>', 'hits to leave out first', wholeNumber(0), 0);
  define<SearchOptions>(command, 'open', async (context, options, words = []) => {
    const { limit, offset } = options;
    const rules = await rulesOf(context, words, options);
    return foundAnswer(await context.call('search.run', { ...rules, limit, offset }));
  });
}

/** Hits for people. */
export function foundAnswer(found: Output<'search.run'>): { json: Output<'search.run'>; text: string } {
  const rows = found.hits.map(({ itemId, similarity, lift, path, why }) => [
    itemId,
    similarity.toFixed(4),
    lift.toFixed(1),
    ...(found.match === 'meaning'
      ? []
      : [why?.meaningRank ?? '', why?.wordsRank ?? '', why?.found.join(' ') ?? '']),
    path,
  ]);
  const whys = found.match === 'meaning' ? [] : ['meaning', 'words', 'found'];
  return {
    json: found,
    text: [
      headOf(found),
      ...abbreviationLines(found),
      table([['item', 'cosine', 'lift', ...whys, 'path'], ...rows]),
      ...found.notices,
    ].join('\n'),
  };
}

/** What was written out, and what could be. */
function abbreviationLines({ abbreviations: { dictionary, found } }: Output<'search.run'>): string[] {
  return found.flatMap(({ short, meanings, used, suggested }) => {
    if (used !== null) return `${short} = ${used} (abbreviations ${dictionary})`;
    if (meanings.length === 1) return [];
    const first = [...meanings].sort((a, b) => Number(b === suggested) - Number(a === suggested));
    return `${short} is left as typed; it may mean ${first.join(', ')} (--meaning "${short}=${first[0]}")`;
  });
}

function headOf({ match, standOut, total }: Output<'search.run'>): string {
  if (match === 'words') return `${total} have the words`;
  return standOut > 0 ? `${standOut} stand out of ${total}` : 'Nothing stands out';
}
