import type { Command } from 'commander';
import { define, repeated, wholeNumber } from './context.ts';
import { table } from './table.ts';

interface WordingsOptions {
  readonly wording?: string[];
  readonly template?: string[];
  readonly where?: string[];
  readonly k: number;
}

const MOST_SHOWN = 20;

/** `wordings TEXT`: the same question in several sentences. */
export function addWordings(program: Command): void {
  const command = program
    .command('wordings')
    .argument('[text]', 'put into each template')
    .description('search with several wordings of one question and compare what they find')
    .option('--wording <text>', 'a wording of your own', repeated)
    .option('--template <text>', 'with {text} in it, in place of the four that there are', repeated)
    .option('--where <expression>', 'as in search', repeated)
    .option('--k <n>', 'first places that are compared', wholeNumber(1), 20);
  define<WordingsOptions>(command, 'open', async ({ call }, options, [text] = []) => {
    const { wording = [], template, where = [], k } = options;
    const found = await call('search.wordings', {
      ...{ wordings: wording, where, k },
      ...(text === undefined ? {} : { text }),
      ...(template === undefined ? {} : { templates: template }),
    });
    const numbers = found.wordings.map((_, at) => String(at + 1));
    const overlaps = found.wordings.map(({ text: one }, at) => [
      at + 1,
      ...(found.jaccard[at] ?? []).map((value) => value.toFixed(2)),
      one,
    ]);
    const items = found.items
      .slice(0, MOST_SHOWN)
      .map(({ itemId, path, ranks, isUnstable }) => [
        itemId,
        ...ranks.map((rank) => rank ?? `>${found.depth}`),
        isUnstable ? 'unstable' : '',
        path,
      ]);
    return {
      json: found,
      text: [
        `Overlap of the first ${found.k} (Jaccard ${found.mean.jaccard.toFixed(2)}, rank-biased ${found.mean.rbo.toFixed(2)} on average)`,
        table([['', ...numbers, 'wording'], ...overlaps]),
        `${found.unstable} of ${found.items.length} items have an unstable place; the least stable first`,
        table([['item', ...numbers, '', 'path'], ...items]),
      ].join('\n'),
    };
  });
}
