import { type Command, Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import { define, repeated, wholeNumber, type CommandContext } from './context.ts';
import { table } from './table.ts';

interface SearchOptions {
  readonly text?: string[];
  readonly image?: string[];
  readonly item?: string[];
  readonly minus?: string[];
  readonly where?: string[];
  readonly limit: number;
  readonly offset: number;
  readonly group?: Input<'search.run'>['group'];
  readonly perGroup: number;
  readonly apartFrom?: Input<'search.run'>['apartFrom'];
  readonly line?: string;
  readonly order: NonNullable<Input<'search.run'>['order']>;
  readonly lambda: string;
  readonly expand: boolean;
  readonly meaning?: string[];
  readonly match: Input<'search.run'>['match'];
}

type Chip = Input<'search.run'>['chips'][number];

export function addSearch(program: Command): void {
  const command = program
    .command('search')
    .argument('[text]', 'what the pictures should show')
    .description('rank items by words, pictures and items')
    .option('--text <text>', 'more words', repeated)
    .option('--image <file>', 'a picture, which is not imported', repeated)
    .option('--item <id>', 'an item of the archive', repeated)
    .option('--minus <text>', 'what they should not show', repeated)
    .option('--where <expression>', 'name=value, name>number, name~text, joined by and, or, not', repeated)
    .option('--limit <n>', 'most hits', wholeNumber(1), 60)
    .option('--offset <n>', 'hits to leave out first', wholeNumber(0), 0)
    .addOption(
      new Option('--group <by>', 'the best hits of each').choices(['patient', 'study', 'series', 'slide']),
    )
    .option('--per-group <n>', 'how many of each', wholeNumber(1), 1)
    .option(
      '--apart-from <what>',
      'nothing of the same patient, study, series, slide or scanner as the query',
    )
    .addOption(
      new Option('--order <by>', 'how what stands out is put')
        .choices(['rank', 'diverse', 'name', 'added'])
        .default('rank'),
    )
    .option('--lambda <n>', 'in the diverse order: 1 relevance alone to 0 novelty alone', '0.7')
    .option('--line <spreads>', 'where results stop standing out')
    .option('--expand', 'write abbreviations out by the dictionary of the archive (the default)', true)
    .option('--no-expand', 'leave abbreviations as typed')
    .option(
      '--meaning <short=text>',
      'what an ambiguous one stands for; nothing after = leaves it as typed',
      repeated,
    )
    .addOption(
      new Option('--match <by>', 'words are those of attributes, captions and reports; both are fused')
        .choices(['meaning', 'words', 'both'])
        .default('meaning'),
    );
  define<SearchOptions>(command, 'open', async (context, options, words = []) => {
    const {
      where = [],
      limit,
      offset,
      group,
      perGroup,
      apartFrom,
      line,
      match,
      order,
      lambda,
      expand,
    } = options;
    const chips = await chipsOf(context, words, options);
    if (chips.length === 0) throw new ArchiveError('query.empty');
    const found = await context.call('search.run', {
      chips,
      where,
      limit,
      offset,
      perGroup,
      match,
      order,
      lambda: Number(lambda),
      expand,
      meanings: meaningsOf(options.meaning ?? []),
      ...(apartFrom === undefined ? {} : { apartFrom }),
      ...(group === undefined ? {} : { group }),
      ...(line === undefined ? {} : { line: Number(line) }),
    });
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
  });
}

function meaningsOf(given: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    given.map((one) => {
      const [short = '', ...text] = one.split('=');
      return [short.trim(), text.join('=').trim() || null];
    }),
  );
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

async function chipsOf({ call }: CommandContext, words: string[], options: SearchOptions): Promise<Chip[]> {
  const { text = [], image = [], item = [], minus = [] } = options;
  const texts = [...words, ...text].filter((one) => one.trim() !== '');
  const chips: Chip[] = texts.map((one) => ({ type: 'text', text: one }));
  for (const path of image) {
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new ArchiveError('file.unreadable', { path }, { cause });
    });
    const { imageId } = await call('query.image', { bytes: new Uint8Array(bytes), name: basename(path) });
    chips.push({ type: 'image', imageId });
  }
  for (const id of item) chips.push({ type: 'item', itemId: Number(id) as never });
  for (const one of minus) chips.push({ type: 'text', text: one, weight: -1 });
  return chips;
}
