import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { define } from './context.ts';
import { readText } from './given-file.ts';
import { table } from './table.ts';

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
  const progress = review
    .command('progress')
    .description('how the review of a panel stands: labels, readers, and how far they agree')
    .requiredOption('--panel <name>', 'its name');
  define<{ panel: string }>(progress, 'open', async ({ call }, { panel }) => {
    const found = await call('review.progress', { panel });
    const pairs = found.agreement.map(({ a, b, items, kappa }) => [
      `${a} – ${b}`,
      items,
      kappa ? `${kappa.value.toFixed(3)} (${kappa.low.toFixed(3)} to ${kappa.high.toFixed(3)})` : '',
    ]);
    const text = [
      `${found.reviewed} items settled, ${found.disputed} disputed`,
      table([['label', 'items'], ...found.labels.map(({ label, items }) => [label, items])]),
      ...(pairs.length > 0 ? [table([['readers', 'items', "Cohen's kappa"], ...pairs])] : []),
    ];
    return { json: found, text: text.join('\n') };
  });
}
