import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { define } from './context.ts';
import { readText } from './labels.ts';

export function addReview(program: Command): void {
  const review = program.command('review').description('decisions of people, from archive to archive');
  const exporting = review
    .command('export')
    .description('every decision of a panel as CSV, by content hash')
    .requiredOption('--panel <name>', 'its name')
    .option('--out <file>', 'else standard output');
  define<{ panel: string; out?: string }>(exporting, 'open', async ({ call }, { panel, out }) => {
    const { text, rows } = await call('review.export', { panel });
    if (out !== undefined) writeFileSync(out, text);
    return {
      json: out === undefined ? { rows, text } : { rows, path: out },
      text: out === undefined ? text : `${rows} decisions`,
    };
  });
  const importing = review
    .command('import')
    .argument('<file>')
    .description('take over decisions that such a file holds')
    .requiredOption('--panel <name>', 'its name');
  define<{ panel: string }>(importing, 'open', async ({ call }, { panel }, [file = ''] = []) => {
    const counts = await call('review.import', { panel, text: readText(file) });
    return {
      json: counts,
      text: `${counts.added} added, ${counts.known} known before, ${counts.unknownItems} of items that are not here`,
    };
  });
}
