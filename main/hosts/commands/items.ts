import type { Command } from 'commander';
import { define, listed, repeated, wholeNumber } from './context.ts';
import { table } from './table.ts';

export function addItems(program: Command): void {
  const items = program
    .command('items')
    .description('list items, by number')
    .option('--where <expression>', 'name=value, name!=value, name>number, name~text', repeated)
    .option('--limit <n>', 'most items', wholeNumber(1), 100)
    .option('--offset <n>', 'items to leave out first', wholeNumber(0), 0);
  define<{ where?: string[]; limit: number; offset: number }>(
    items,
    'open',
    async ({ call }, { where = [], limit, offset }) => {
      const found = await call('items.list', { where, limit, offset });
      const rows = found.items.map(({ itemId, kind, modality, path }) => [
        itemId,
        kind,
        modality ?? '',
        path,
      ]);
      return {
        json: found,
        text: `${table([['item', 'kind', 'modality', 'path'], ...rows])}\n${found.total} in all`,
      };
    },
  );

  const item = program
    .command('item')
    .argument('<id>', 'its number', listed)
    .description('one item with all that is known of it');
  define(item, 'open', async ({ call }, _options, [id = ''] = []) => {
    const found = await call('item.get', { itemId: Number(id) as never });
    return { json: found, text: JSON.stringify(found, null, 2) };
  });

  const verify = program
    .command('verify')
    .description('check an archive: database, vectors, derived pictures');
  define(verify, 'open', async ({ call }) => {
    const report = await call('archive.verify', {});
    const sums = Object.entries(report.checked).map(([name, count]) => `${count} ${name}`);
    const lines = report.problems.map(({ what, count, detail }) => `  ${count} ${what} (${detail})`);
    return {
      json: report,
      text: [`${report.clean ? 'clean' : 'not clean'}: ${sums.join(', ')}`, ...lines].join('\n'),
      exitCode: report.clean ? 0 : 1,
    };
  });
}
