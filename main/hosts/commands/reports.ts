import type { Command } from 'commander';
import type { ItemId } from '../../../preload/contract/ids.ts';
import { define, listed, wholeNumber, type CommandContext } from './context.ts';
import { followJob } from './follow-job.ts';
import { table } from './table.ts';

export function addReports(program: Command): void {
  const similar = program
    .command('similar')
    .argument('<item>', 'number of an item; with --text, words')
    .description(
      'captions and reports that fit an item (or words); with --pictures, pictures that fit its report',
    )
    .option('--text', 'the argument is words, not a number')
    .option('--pictures', 'pictures that fit the first report of the item')
    .option('--limit <n>', 'most hits', wholeNumber(1), 20);
  define<{ text?: boolean; pictures?: boolean; limit: number }>(
    similar,
    'open',
    async (context, { text = false, pictures = false, limit }, [argument = ''] = []) => {
      // First, so that a word in place of a number is said at once and not after all reports were embedded.
      const itemId = text && !pictures ? null : (listed(argument) as ItemId);
      await embed(context);
      if (pictures && itemId !== null) return picturesOf(context, itemId, limit);
      const to =
        itemId === null ? ({ is: 'text', text: argument } as const) : ({ is: 'item', itemId } as const);
      const found = await context.call('report.similar', { to, limit });
      const rows = found.hits.map(({ item, similarity, lift, kind, passage }) => [
        ...[item.itemId, similarity.toFixed(4), lift.toFixed(1), kind],
        passage.replaceAll(/\s+/g, ' ').slice(0, 100),
      ]);
      const head = `${found.reports} reports compared; similarities between texts and with pictures have scales of their own`;
      return {
        json: found,
        text: `${head}\n${table([['item', 'cosine', 'lift', 'kind', 'passage'], ...rows])}`,
      };
    },
  );
}

/** What has no vector yet is read first. */
async function embed(context: CommandContext): Promise<void> {
  const { jobId } = await context.call('report.embed', {});
  if (jobId !== null) await followJob(context, jobId);
}

async function picturesOf({ call }: CommandContext, itemId: ItemId, limit: number) {
  const { reports } = await call('item.get', { itemId });
  const [report] = reports;
  if (!report)
    return {
      json: { report: null, hits: [], passages: 0, truncatedWords: 0 },
      text: 'The item has no report.',
    };
  const found = await call('report.pictures', { reportId: report.reportId, limit });
  const rows = found.hits.map(({ item, similarity, lift, own }) => [
    ...[item.itemId, similarity.toFixed(4), lift.toFixed(1), own ? 'its own' : '', item.path],
  ]);
  return { json: found, text: table([['item', 'cosine', 'lift', '', 'path'], ...rows]) };
}
