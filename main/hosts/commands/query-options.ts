import { type Command, Option } from 'commander';
import { basename } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Input } from '../../../preload/contract/methods.ts';
import { decimal, listedSome, repeated, wholeNumber, type CommandContext } from './context.ts';
import { readGiven } from './given-file.ts';

export interface QueryOptions {
  readonly text?: string[];
  readonly image?: string[];
  readonly item?: number[];
  readonly minus?: string[];
  readonly where?: string[];
  readonly group?: Input<'search.run'>['group'];
  readonly perGroup: number;
  readonly apartFrom?: Input<'search.run'>['apartFrom'];
  readonly line?: number;
  readonly order: NonNullable<Input<'search.run'>['order']>;
  readonly lambda: number;
  readonly expand: boolean;
  readonly meaning?: string[];
  readonly match: Input<'search.run'>['match'];
}

type Chip = Input<'search.run'>['chips'][number];

/** What is asked, for every command that takes a query. */
export const withQuery = (command: Command): Command =>
  command
    .option('--text <text>', 'more words', repeated)
    .option('--image <file>', 'a picture, which is not imported', repeated)
    .option('--item <id>', 'an item of the archive', listedSome)
    .option('--minus <text>', 'what they should not show', repeated)
    .option('--where <expression>', 'name=value, name>number, name~text, joined by and, or, not', repeated)
    .addOption(
      new Option('--group <by>', 'the best hits of each').choices(['patient', 'study', 'series', 'slide']),
    )
    .option('--per-group <n>', 'how many of each', wholeNumber(1), 1)
    .addOption(
      new Option('--apart-from <what>', 'nothing of the same one as the query').choices([
        ...['patient', 'study', 'series', 'slide', 'scanner'],
      ]),
    )
    .addOption(
      new Option('--order <by>', 'how what stands out is put')
        .choices(['rank', 'diverse', 'name', 'added'])
        .default('rank'),
    )
    .option('--lambda <n>', 'in the diverse order: 1 relevance alone to 0 novelty alone', decimal, 0.7)
    .option('--line <spreads>', 'where results stop standing out', decimal)
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

/** @throws ArchiveError `query.empty`, and as `query.image` */
export async function rulesOf(
  context: CommandContext,
  words: string[],
  options: QueryOptions,
): Promise<Input<'saved.save'>['rules']> {
  const { where = [], group, perGroup, apartFrom, line, match, order, lambda, expand } = options;
  const chips = await chipsOf(context, words, options);
  if (chips.length === 0) throw new ArchiveError('query.empty');
  return {
    chips,
    where,
    perGroup,
    match,
    order,
    lambda,
    expand,
    meanings: meaningsOf(options.meaning ?? []),
    ...(apartFrom === undefined ? {} : { apartFrom }),
    ...(group === undefined ? {} : { group }),
    ...(line === undefined ? {} : { line }),
  };
}

function meaningsOf(given: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    given.map((one) => {
      const [short = '', ...text] = one.split('=');
      return [short.trim(), text.join('=').trim() || null];
    }),
  );
}

async function chipsOf({ call }: CommandContext, words: string[], options: QueryOptions): Promise<Chip[]> {
  const { text = [], image = [], item = [], minus = [] } = options;
  const texts = [...words, ...text].filter((one) => one.trim() !== '');
  const chips: Chip[] = texts.map((one) => ({ type: 'text', text: one }));
  for (const path of image) {
    const bytes = new Uint8Array(readGiven(path));
    const { imageId } = await call('query.image', { bytes, name: basename(path) });
    chips.push({ type: 'image', imageId });
  }
  for (const id of item) chips.push({ type: 'item', itemId: id as never });
  for (const one of minus) chips.push({ type: 'text', text: one, weight: -1 });
  return chips;
}
